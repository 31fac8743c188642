import CFiles
import Glibc
package import System
package import TreeWire

/// Owner, mode, modification time, access control lists and extended attributes of an open file or directory.
package struct NodeAttributes: Equatable {
    package var user: UInt32
    package var group: UInt32
    /// Permission bits.
    package var mode: UInt32
    package var modified: FileTime
    /// Without those of an overlay, which would change what another one shows, and those of the host's policies.
    package var extended: [ExtendedAttribute]

    package init(of descriptor: CInt, _ status: FileStatus, name: String) throws(TreeEditError) {
        (user, group, mode) = (status.user, status.group, status.mode)
        modified = status.modified
        do throws(SystemCallError) {
            extended = try ExtendedAttribute.all(of: descriptor, name: name).filter { Self.isWanted($0.name) }
        } catch {
            throw TreeEditError(error)
        }
    }

    package init(of descriptor: CInt, name: String) throws(TreeEditError) {
        guard let status = FileStatus(of: descriptor) else { throw TreeEditError.failure("fstat", name) }
        try self.init(of: descriptor, status, name: name)
    }

    private static func isWanted(_ attribute: String) -> Bool {
        isAllowed(attribute) || AccessControlList.attributeNames.contains(attribute)
    }

    /// Returns true if a tree can have an extended attribute; those of an overlay would change what it shows.
    package static func isAllowed(_ attribute: String) -> Bool {
        if attribute.hasPrefix("user.") { return !attribute.hasPrefix("user.overlay.") }
        return attribute == "security.capability"
    }

    /// Puts everything but the time on an open file.
    ///
    /// A change of the owner takes setuid and capabilities away, and one of the mode changes the mask of an access
    /// control list: so they come in this order. Lists that the file has from the directory around it are removed.
    package func apply(to descriptor: CInt, owner: Bool = true, name: String) throws(TreeEditError) {
        if owner { try TreeEditError.check("chown", name, fchown(descriptor, user, group)) }
        for attribute in AccessControlList.attributeNames { fremovexattr(descriptor, attribute) }
        try TreeEditError.check("fchmod", name, fchmod(descriptor, mode))
        for attribute in extended { try Self.set(attribute, on: descriptor, name: name) }
    }

    /// Puts the mode on a directory that exists, and the lists and attributes that there are; its owner only where one
    /// was chosen.
    package func applyMode(to descriptor: CInt, name: String) throws(TreeEditError) {
        if user != 0 || group != 0 { try TreeEditError.check("chown", name, fchown(descriptor, user, group)) }
        try TreeEditError.check("fchmod", name, fchmod(descriptor, mode))
        for attribute in extended { try Self.set(attribute, on: descriptor, name: name) }
    }

    /// A Boolean value indicating whether a directory is as mkdir(1) makes it on the way to others.
    package var isPlainDirectory: Bool { (user, group, mode) == (0, 0, 0o755) && extended.isEmpty }

    package func applyTime(to descriptor: CInt) {
        _ = mkosi_set_modified(descriptor, Int64(modified.seconds), Int64(modified.nanoseconds))
    }

    private static func set(
        _ attribute: ExtendedAttribute,
        on descriptor: CInt,
        name: String
    ) throws(TreeEditError) {
        func set(_ value: [UInt8]) -> CInt { fsetxattr(descriptor, attribute.name, value, value.count, 0) }
        if set(attribute.value) == 0 { return }
        let reason = errno
        // Users and groups that do not exist in the build's namespace: none of the image is one of them.
        if reason == EINVAL, let known = AccessControlList.withoutUnmapped(attribute), set(known) == 0 { return }
        errno = reason
        throw TreeEditError.failure("fsetxattr \(attribute.name)", name)
    }
}
