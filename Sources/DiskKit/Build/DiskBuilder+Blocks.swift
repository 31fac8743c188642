internal import CFiles
internal import Glibc
internal import System

extension DiskBuilder {
    /// A file whose blocks become a partition.
    struct BlockSource: ~Copyable {
        let file: ImageFile
        let size: UInt64
    }

    /// Opens the file of `CopyBlocks=`: one of the tree, or else one of the directories for them.
    ///
    /// Throws `definition` for anything but a regular file of whole sectors.
    func blocks(of definition: PartitionDefinition, _ path: String) throws(DiskError) -> BlockSource {
        var number: CInt = -1
        var reason = ""
        for directory in [root] + blockDirectories {
            let tree = try DiskError.calling("open", directory) { () throws(SystemCallError) in
                try Descriptor.open(directory, O_RDONLY | O_DIRECTORY)
            }
            let flags = O_RDONLY | O_NONBLOCK | O_NOCTTY
            number = mkosi_open_confined(tree.number, path, flags, 0, MKOSI_RESOLVE_IN_ROOT)
            if number >= 0 { break }
            if reason.isEmpty || errno != ENOENT { reason = String(cString: strerror(errno)) }
        }
        guard number >= 0 else {
            throw definition.failure(
                .definition,
                "CopyBlocks",
                "CopyBlocks=\(path) cannot be opened in the tree: \(reason)",
                hint: "Put the file into the tree, or below the directory of the definitions"
            )
        }
        let file = ImageFile(owning: Descriptor(owning: number), path: path)
        guard let status = FileStatus(of: number), status.kind == .regular else {
            throw definition.failure(
                .definition,
                "CopyBlocks",
                "CopyBlocks=\(path) is not a regular file"
            )
        }
        guard status.size > 0, status.size % 512 == 0 else {
            throw definition.failure(
                .definition,
                "CopyBlocks",
                "CopyBlocks=\(path) has \(status.size) bytes, which are no whole sectors of 512 bytes"
            )
        }
        return BlockSource(file: file, size: UInt64(status.size))
    }
}
