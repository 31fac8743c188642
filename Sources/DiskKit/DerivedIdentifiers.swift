internal import Crypto

/// The identifiers of a disk, derived from a seed in the way of systemd-repart(8), `--seed=`.
///
/// Each is a version 4 UUID out of the first 16 bytes of an HMAC-SHA256.
public struct DerivedIdentifiers: Sendable {
    public let seed: GUID
    /// The number of partitions of each type that have asked so far.
    private var uses: [GUID: UInt64] = [:]

    public init(seed: GUID) {
        self.seed = seed
    }

    /// The identifier of the partition table.
    public func disk() throws(DiskError) -> GUID {
        try Self.derive(key: seed, Array("disk-uuid".utf8))
    }

    /// The identifier of the next partition of a type; partitions of one type differ by their order.
    public mutating func nextPartition(of type: GUID) throws(DiskError) -> GUID {
        let use = uses[type, default: 0]
        uses[type] = use + 1
        // systemd-repart hashes the type in its text order and, from the second on, a little-endian counter.
        var message = type.bytes
        if use > 0 { message += (0..<8).map { UInt8(truncatingIfNeeded: use >> (8 * $0)) } }
        return try Self.derive(key: seed, message)
    }

    /// The identifier of the file system in a partition.
    public static func fileSystem(in partition: GUID) throws(DiskError) -> GUID {
        try derive(key: partition, Array("file-system-uuid".utf8))
    }

    /// The identifier of the only device of a file system that can have several.
    static func device(of fileSystem: GUID) throws(DiskError) -> GUID {
        try derive(key: fileSystem, Array("device-uuid".utf8))
    }

    /// The identifier of the LUKS header of a partition.
    public static func encryption(of partition: GUID) throws(DiskError) -> GUID {
        try derive(key: partition, Array("luks-uuid".utf8))
    }

    /// The identifier of every dm-verity superblock of the disk.
    public func verity() throws(DiskError) -> GUID {
        try Self.derive(key: seed, Array("verity-uuid".utf8))
    }

    private static func derive(key: GUID, _ message: [UInt8]) throws(DiskError) -> GUID {
        do {
            let code = try MessageAuthentication.sha256(key: key.bytes, message: message)
            return GUID(unchecked: Array(code.prefix(16))).version4
        } catch {
            throw DiskError(.system, "Cannot derive an identifier: \(error.message)")
        }
    }
}
