/// A finished disk image.
public struct BuiltDisk: Sendable, Equatable {
    /// Where everything is in it.
    public var layout: DiskLayout
    /// The root hashes of protected partitions in lower-case hexadecimal digits, by what the partitions are for.
    public var rootHashes: [PartitionType.Role: String] = [:]

    /// The signatures that are still to be filled in.
    public var signatures: [VeritySignature] = []

    public init(layout: DiskLayout) {
        self.layout = layout
    }
}
