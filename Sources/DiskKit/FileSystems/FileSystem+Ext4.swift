extension FileSystem {
    /// mke2fs writes into its place in the image with the bytes that it would write into a file of its own.
    ///
    /// Version 1.47.0 takes the times of the source for what no program can set there; `Ext4Times` puts them right.
    static let ext4 = FileSystem(
        name: "ext4",
        programs: ["mke2fs"],
        placement: .inPlace,
        minimumSize: 32 << 20,
        labelLimit: 16,
        allowsNone: true,
        loses: [],
        make: { (request) throws(DiskError) in
            let identifier = request.identifier.description
            var command = ["mke2fs", "-q", "-F", "-t", "ext4", "-b", "4096", "-I", "256", "-m", "0"]
            command += ["-O", "none," + features.joined(separator: ",")]
            command += ["-U", identifier, "-L", request.label, "-N", "\(inodes(request.measure, request.size))"]
            let options = [
                "offset=\(request.offset)", "nodiscard", "assume_storage_prezeroed=1", "hash_seed=\(identifier)",
                "root_owner=0:0",
            ]
            command += ["-E", options.joined(separator: ",")]
            if let source = request.source { command += ["-d", source] }
            command += [request.image, "\(request.size / 4096)"]
            var environment = environment(request)
            environment["E2FSPROGS_FAKE_TIME"] = "\(request.epoch)"
            // The defaults of the machine have no place in an image.
            environment["MKE2FS_CONFIG"] = "/dev/null"
            _ = try request.run(command, environment)
            try Ext4Times(image: request.image, offset: request.offset, epoch: request.epoch).settle()
        },
        used: { (content($0) + overhead($0, $1 / block, reserved: reserved($1 / block))) * block },
        need: size
    )

    /// The features that every kernel and boot loader of the last ten years can read.
    private static let features = [
        "has_journal", "ext_attr", "resize_inode", "dir_index", "filetype", "extent", "64bit", "flex_bg",
        "sparse_super",
        "large_file", "huge_file", "dir_nlink", "extra_isize", "metadata_csum",
    ]

    /// One inode for each 16 KiB, as is usual, and as many as there are files in any case.
    private static func inodes(_ measure: ContentMeasure?, _ size: UInt64) -> UInt64 {
        // The first eleven belong to the file system.
        let needed = UInt64(measure?.inodes ?? 0) + 16
        return min(max(size / 16384, needed + needed / 8), UInt64(UInt32.max) - 1)
    }

    /// The bytes of a file system with some content and a little space.
    ///
    /// All is counted but the extents of files in many pieces and the free ends of groups, for which there is a share.
    private static func size(_ measure: ContentMeasure) -> UInt64 {
        let content = content(measure)
        var blocks = content + content / 50 + 1024
        // Everything else depends on the size itself.
        for _ in 0..<4 { blocks = content + content / 50 + 1024 + overhead(measure, blocks, reserved: 1024) }
        return max(blocks * block, 32 << 20)
    }

    private static let block: UInt64 = 4096

    /// The blocks of files and directories.
    private static func content(_ measure: ContentMeasure) -> UInt64 { measure.fileBlocks + measure.metadataBlocks + 8 }

    /// The blocks of descriptors that mke2fs reserves for a file system to grow to a thousand times its size.
    private static func reserved(_ blocks: UInt64) -> UInt64 {
        func descriptors(_ blocks: UInt64) -> UInt64 { ((blocks + 32767) / 32768 + 63) / 64 }
        return min(descriptors(blocks * 1024) - descriptors(blocks), 1024)
    }

    /// The blocks that a file system of so many blocks has for itself.
    private static func overhead(_ measure: ContentMeasure, _ blocks: UInt64, reserved: UInt64) -> UInt64 {
        let groups = (blocks + 32767) / 32768
        let inodeBlocks = inodes(measure, blocks * block) * 256 / block + groups
        let copies = min(groups, 2 + 3 * UInt64(64 - groups.leadingZeroBitCount))
        let descriptors = (groups + 63) / 64
        return journal(blocks) + inodeBlocks + 2 * groups + copies * (1 + descriptors + reserved)
    }

    /// The blocks of the journal that mke2fs gives a file system of so many blocks.
    private static func journal(_ blocks: UInt64) -> UInt64 {
        let steps: [(limit: UInt64, journal: UInt64)] = [
            (32768, 1024), (262_144, 4096), (524_288, 8192), (4_194_304, 16384), (8_388_608, 32768),
        ]
        return steps.first { blocks < $0.limit }?.journal ?? 65536
    }
}
