extension FileSystem {
    /// Written by this module: no program keeps the times of directories, and mtools refuse some sizes.
    static let vfat = FileSystem(
        name: "vfat",
        programs: [],
        placement: .inPlace,
        minimumSize: 0,
        labelLimit: 11,
        allowsNone: true,
        loses: [],
        make: { (request) throws(DiskError) in
            let geometry = try FATGeometry(size: request.size, sectorSize: max(512, request.sectorSize))
            var walk = ContentWalk(request.plan, root: request.root)
            let tree = try FATTree(&walk, epoch: request.epoch)
            for path in tree.skipped { request.warn("\(path) is left out: FAT has only files and directories") }
            // As systemd-repart derives it: the first four bytes, the highest first.
            let volume = request.identifier.bytes.prefix(4).reduce(UInt32(0)) { $0 << 8 | UInt32($1) }
            let writer = FATWriter(
                geometry: geometry,
                tree: tree,
                label: FATName.label(request.label),
                identifier: volume,
                epoch: request.epoch
            )
            var second = ContentWalk(request.plan, root: request.root)
            try writer.write(&second, to: ImageFile(request.image), at: request.offset)
        },
        need: { measure in
            // A cluster more for each file and directory, two tables, and what FAT32 begins with.
            let clusters = measure.fileBlocks + UInt64(measure.inodes) + measure.shortEntries / 128 + 1
            return clusters * (4096 + 2 * 4) + (256 << 10)
        }
    )
}
