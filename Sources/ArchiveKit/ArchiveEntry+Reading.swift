internal import CArchive
internal import System

extension ArchiveEntry {
    /// The users and groups that there can be: to chown(2), 2^32 - 1 means that the owner stays.
    static let ids: Range<Int64> = 0..<Int64(UInt32.max)

    /// Copies what libarchive read; nil when there is no name or no known kind.
    init?(_ raw: OpaquePointer) {
        guard let name = archive_entry_pathname(raw) else { return nil }
        let hardLink = archive_entry_hardlink(raw).map { BytePath($0) }
        // A hard link's type is what it points to, which some formats do not say.
        guard let kind = FileKind(mode: UInt32(archive_entry_filetype(raw))) ?? (hardLink == nil ? nil : .regular)
        else {
            return nil
        }
        self.init(
            path: BytePath(name),
            kind: kind,
            mode: UInt32(archive_entry_perm(raw)),
            user: UInt32(truncatingIfNeeded: archive_entry_uid(raw)),
            group: UInt32(truncatingIfNeeded: archive_entry_gid(raw))
        )
        userName = Self.name(archive_entry_uname(raw))
        groupName = Self.name(archive_entry_gname(raw))
        modified = FileTime(seconds: archive_entry_mtime(raw), nanoseconds: Int(archive_entry_mtime_nsec(raw)))
        size = kind == .regular ? Int(archive_entry_size(raw)) : 0
        if kind == .symbolicLink { linkTarget = archive_entry_symlink(raw).map { BytePath($0) } }
        self.hardLink = hardLink
        if kind == .characterDevice || kind == .blockDevice {
            deviceMajor = UInt32(truncatingIfNeeded: archive_entry_rdevmajor(raw))
            deviceMinor = UInt32(truncatingIfNeeded: archive_entry_rdevminor(raw))
        }
        if archive_entry_xattr_count(raw) > 0 { attributes = Self.attributes(raw) }
        if archive_entry_acl_types(raw) != 0 {
            accessList = Self.accessList(raw, type: ARCHIVE_ENTRY_ACL_TYPE_ACCESS)
            defaultAccessList = Self.accessList(raw, type: ARCHIVE_ENTRY_ACL_TYPE_DEFAULT)
        }
    }

    private static func name(_ text: UnsafePointer<CChar>?) -> String? {
        text.flatMap { $0.pointee == 0 ? nil : String(cString: $0) }
    }

    private static func attributes(_ raw: OpaquePointer) -> [ExtendedAttribute] {
        var attributes: [String: [UInt8]] = [:]
        archive_entry_xattr_reset(raw)
        var name: UnsafePointer<CChar>?
        var value: UnsafeRawPointer?
        var size = 0
        while archive_entry_xattr_next(raw, &name, &value, &size) == ARCHIVE_OK {
            guard let name else { continue }
            attributes[String(cString: name)] = Array(UnsafeRawBufferPointer(start: value, count: size))
        }
        return attributes.map { ExtendedAttribute(name: $0.key, value: $0.value) }.sorted { $0.name < $1.name }
    }

    private static func accessList(_ raw: OpaquePointer, type: Int32) -> AccessControlList? {
        guard archive_entry_acl_reset(raw, type) > 0 else { return nil }
        var entries: [AccessControlList.Entry] = []
        var kind: Int32 = 0
        var permissions: Int32 = 0
        var tag: Int32 = 0
        var id: Int32 = 0
        var name: UnsafePointer<CChar>?
        while archive_entry_acl_next(raw, type, &kind, &permissions, &tag, &id, &name) == ARCHIVE_OK {
            guard let known = AccessControlList.Tag(archive: tag) else { continue }
            let bits = UInt16(permissions & 7)
            let named = known == .user || known == .group
            entries.append(
                AccessControlList.Entry(tag: known, permissions: bits, id: named ? UInt32(bitPattern: id) : 0)
            )
        }
        return entries.isEmpty ? nil : AccessControlList(entries: entries)
    }
}

extension AccessControlList.Tag {
    /// The number by which libarchive knows the tag.
    var archive: Int32 {
        switch self {
        case .owner: ARCHIVE_ENTRY_ACL_USER_OBJ
        case .user: ARCHIVE_ENTRY_ACL_USER
        case .owningGroup: ARCHIVE_ENTRY_ACL_GROUP_OBJ
        case .group: ARCHIVE_ENTRY_ACL_GROUP
        case .mask: ARCHIVE_ENTRY_ACL_MASK
        case .other: ARCHIVE_ENTRY_ACL_OTHER
        }
    }

    init?(archive number: Int32) {
        let all: [Self] = [.owner, .user, .owningGroup, .group, .mask, .other]
        guard let tag = all.first(where: { $0.archive == number }) else { return nil }
        self = tag
    }
}
