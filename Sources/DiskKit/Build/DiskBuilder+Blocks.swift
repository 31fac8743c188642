internal import CFiles
internal import Glibc
internal import System

extension DiskBuilder {
    /// A file whose blocks become a partition.
    struct BlockSource: ~Copyable {
        let file: ImageFile
        let size: UInt64
    }

    /// Opens the file of `CopyBlocks=`, which is in the tree.
    ///
    /// Throws `definition` for anything but a regular file of whole sectors.
    func blocks(of definition: PartitionDefinition, _ path: String) throws(DiskError) -> BlockSource {
        let tree = try DiskError.calling("open", root) { () throws(SystemCallError) in
            try Descriptor.open(root, O_RDONLY | O_DIRECTORY)
        }
        let flags = O_RDONLY | O_NONBLOCK | O_NOCTTY
        let number = mkosi_open_confined(tree.number, String(path.dropFirst()), flags, 0, MKOSI_RESOLVE_IN_ROOT)
        guard number >= 0 else {
            let reason = String(cString: strerror(errno))
            throw DiskError(
                .definition,
                "\(definition.name): CopyBlocks=\(path) cannot be opened in the tree: \(reason)"
            )
        }
        let file = ImageFile(owning: Descriptor(owning: number), path: path)
        var status = mkosi_status()
        guard mkosi_status_of(number, &status) == 0, FileKind(mode: status.mode) == .regular else {
            throw DiskError(.definition, "\(definition.name): CopyBlocks=\(path) is not a regular file")
        }
        guard status.size > 0, status.size % 512 == 0 else {
            throw DiskError(
                .definition,
                "\(definition.name): CopyBlocks=\(path) has \(status.size) bytes, which are no whole sectors of 512 bytes"
            )
        }
        return BlockSource(file: file, size: UInt64(status.size))
    }
}
