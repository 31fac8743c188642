/// A POSIX access control list (acl(5)), as the kernel stores it in an extended attribute.
public struct AccessControlList: Sendable, Hashable {
    /// Whom a line of the list is about; raw values are the kernel's tags (linux/posix_acl.h).
    public enum Tag: UInt16, Sendable {
        case owner = 0x01
        case user = 0x02
        case owningGroup = 0x04
        case group = 0x08
        case mask = 0x10
        case other = 0x20
    }

    /// One line of the list.
    public struct Entry: Sendable, Hashable {
        public var tag: Tag
        /// Read 4, write 2, execute 1.
        public var permissions: UInt16
        /// The user or group that the line names; meaningless for the other tags.
        public var id: UInt32

        public init(tag: Tag, permissions: UInt16, id: UInt32 = 0) {
            self.tag = tag
            self.permissions = permissions
            self.id = id
        }
    }

    public static let accessAttribute = "system.posix_acl_access"
    public static let defaultAttribute = "system.posix_acl_default"

    /// The extended attributes in which the kernel keeps a file's list, and a directory's list for new files.
    public static let attributeNames = [accessAttribute, defaultAttribute]

    /// The value of one of these attributes without users and groups that the process cannot name; nil for others.
    ///
    /// In a user namespace the kernel shows an id that is not mapped as -1, and does not take that back.
    public static func withoutUnmapped(_ attribute: ExtendedAttribute) -> [UInt8]? {
        guard attributeNames.contains(attribute.name), let list = Self(attribute: attribute.value) else { return nil }
        let known = list.entries.filter { entry in
            !(entry.tag == .user || entry.tag == .group) || entry.id != undefined
        }
        return Self(entries: known).attribute
    }

    private static let version: UInt32 = 2
    private static let undefined = UInt32.max

    /// In the kernel's order: by tag, then by id.
    public var entries: [Entry]

    public init(entries: [Entry]) {
        self.entries = entries.sorted { ($0.tag.rawValue, $0.id) < ($1.tag.rawValue, $1.id) }
    }

    /// Reads the value of the extended attribute: a version, then tag, permissions and id of each line, little endian.
    public init?(attribute bytes: [UInt8]) {
        func number(_ offset: Int, _ count: Int) -> UInt32 {
            (0..<count).reduce(0) { $0 | UInt32(bytes[offset + $1]) << (8 * UInt32($1)) }
        }
        guard bytes.count >= 4, (bytes.count - 4) % 8 == 0, number(0, 4) == Self.version else { return nil }
        var entries: [Entry] = []
        for offset in stride(from: 4, to: bytes.count, by: 8) {
            guard let tag = Tag(rawValue: UInt16(number(offset, 2))) else { return nil }
            let named = tag == .user || tag == .group
            entries.append(
                Entry(
                    tag: tag,
                    permissions: UInt16(number(offset + 2, 2)),
                    id: named ? number(offset + 4, 4) : 0
                )
            )
        }
        self.init(entries: entries)
    }

    /// The value of the extended attribute.
    public var attribute: [UInt8] {
        var bytes: [UInt8] = []
        func append(_ number: UInt32, _ count: Int) {
            for index in 0..<count { bytes.append(UInt8(truncatingIfNeeded: number >> (8 * UInt32(index)))) }
        }
        append(Self.version, 4)
        for entry in entries {
            append(UInt32(entry.tag.rawValue), 2)
            append(UInt32(entry.permissions), 2)
            append(entry.tag == .user || entry.tag == .group ? entry.id : Self.undefined, 4)
        }
        return bytes
    }
}
