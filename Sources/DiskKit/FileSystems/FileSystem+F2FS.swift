extension FileSystem {
    /// Made by mkfs.f2fs and filled by sload.f2fs, neither of which knows an offset.
    static let f2fs = FileSystem(
        name: "f2fs",
        programs: ["mkfs.f2fs", "sload.f2fs"],
        placement: .moved,
        minimumSize: 64 << 20,
        labelLimit: 255,
        allowsNone: true,
        loses: [.accessLists, .attributes, .deviceNumbers, .specialFiles],
        make: { (request) throws(DiskError) in
            _ = try ImageFile(request.image, size: request.size)
            let command = [
                "mkfs.f2fs", "-q", "-f", "-r", "-t", "0", "-T", "\(request.epoch)", "-U",
                request.identifier.description,
                "-l", request.label, request.image,
            ]
            _ = try request.run(command, environment(request))
            guard let source = request.source else { return }
            _ = try request.run(["sload.f2fs", "-P", "-f", source, request.image], environment(request))
        },
        // Each inode has a block, and segments that collect garbage take a quarter on top.
        need: { measure in
            let blocks = measure.fileBlocks + measure.metadataBlocks + UInt64(measure.inodes)
            return blocks * ContentMeasure.blockSize * 5 / 4 + (80 << 20)
        }
    )
}
