/// A finished disk image.
public struct BuiltDisk: Sendable, Equatable {
    /// The layout of the disk.
    public var layout: DiskLayout
    /// The root hashes of protected partitions in lower-case hexadecimal digits, by the names of their definitions.
    public var rootHashes: [String: String] = [:]

    /// The signatures that are still to be filled in.
    public var signatures: [VeritySignature] = []

    public init(layout: DiskLayout) {
        self.layout = layout
    }

    /// The root hash of the first protected partition with a role, in the order of the disk.
    public func rootHash(of role: PartitionType.Role) -> String? {
        layout.partitions.lazy.filter { $0.definition.type.role == role }
            .compactMap { rootHashes[$0.definition.name] }.first
    }
}
