/// A disk of which some partitions are written, before the content of the others is known.
public struct PreparedDisk: Codable, Sendable, Equatable {
    /// A written partition.
    public struct Partition: Codable, Sendable, Equatable {
        /// The name of its definition.
        public var name: String
        /// Bytes from the beginning of the disk.
        public var offset: UInt64
        public var size: UInt64
        /// In the form of its text.
        public var identifier: String
    }

    public var partitions: [Partition]
    /// The root hashes of protected partitions in lower-case hexadecimal digits, by the names of their definitions.
    public var rootHashes: [String: String] = [:]
    /// Those of the first protected partition of each role.
    public var systemHashes: [String: String] = [:]
    /// The identifiers of the first root and /usr partition, by their roles, where these are known.
    public var systems: [String: String] = [:]
    /// The identifiers of the LUKS headers of those that are encrypted, by their roles.
    public var encryptions: [String: String] = [:]

    func partition(of definition: PartitionDefinition) -> Partition? {
        partitions.first { $0.name == definition.name }
    }

    /// The space that the written partitions need in the layout of the whole disk.
    var needs: [String: UInt64] { Dictionary(partitions.map { ($0.name, $0.size) }) { first, _ in first } }

    /// The definition of a written partition with the size that it has.
    func pinned(_ definition: PartitionDefinition) -> PartitionDefinition {
        guard let partition = partition(of: definition) else { return definition }
        var pinned = definition
        pinned.minimumSize = partition.size
        pinned.maximumSize = partition.size
        return pinned
    }
}
