extension FileSystem {
    /// Made by mkfs.erofs, apart: with `--offset` it damages what it writes.
    ///
    /// From version 1.5 on, SOURCE_DATE_EPOCH and a fixed identifier give the same bytes for any copy of a tree.
    static let erofs = FileSystem(
        name: "erofs",
        programs: ["mkfs.erofs"],
        placement: .apart,
        minimumSize: 0,
        labelLimit: 15,
        allowsNone: false,
        loses: [],
        compressions: ["lz4", "lz4hc", "lzma", "deflate", "libdeflate", "zstd"],
        make: { (request) throws(DiskError) in
            var command = ["mkfs.erofs", "--quiet", "-U", request.identifier.description]
            if let compression = request.options.compression {
                command += ["-z\(compression)" + (request.options.compressionLevel.map { ",\($0)" } ?? "")]
            }
            _ = try request.run(command + [request.image, request.source ?? "."], environment(request))
        },
        need: { _ in 0 }
    )

    /// Made by mksquashfs, apart: with `-offset` it truncates the image.
    ///
    /// Holes of the source must not decide over the bytes.
    static let squashfs = FileSystem(
        name: "squashfs",
        programs: ["mksquashfs"],
        placement: .apart,
        minimumSize: 0,
        labelLimit: 0,
        allowsNone: false,
        loses: [.accessLists],
        compressions: ["gzip", "lzma", "lzo", "lz4", "xz", "zstd"],
        make: { (request) throws(DiskError) in
            var command = ["mksquashfs", request.source ?? ".", request.image]
            command += ["-noappend", "-no-progress", "-quiet", "-no-sparse", "-processors", "\(max(request.jobs, 1))"]
            if let compression = request.options.compression { command += ["-comp", compression] }
            if let level = request.options.compressionLevel { command += ["-Xcompression-level", level] }
            // A squashfs has times of 32 bits, and mksquashfs refuses others.
            let epoch = min(max(request.epoch, 0), Int(UInt32.max))
            _ = try request.run(command, ["SOURCE_DATE_EPOCH": "\(epoch)"])
        },
        need: { _ in 0 }
    )

    static func environment(_ request: Request) -> [String: String] {
        ["SOURCE_DATE_EPOCH": "\(request.epoch)"]
    }
}
