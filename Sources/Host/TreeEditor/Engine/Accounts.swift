import ArchiveKit
import System
import TreeLinks
import TreeWire

/// The users and groups of the tree, by name.
struct Accounts {
    private var users: [[UInt8]: UInt32] = [:]
    private var groups: [[UInt8]: UInt32] = [:]

    /// Reads passwd(5) and group(5) of the tree that the process has entered; a missing file has no entries.
    static func ofTree() throws(TreeEditError) -> Accounts {
        var accounts = Accounts()
        accounts.users = try numbers("/etc/passwd")
        accounts.groups = try numbers("/etc/group")
        return accounts
    }

    private static func numbers(_ path: String) throws(TreeEditError) -> [[UInt8]: UInt32] {
        guard let bytes = try LinkFile.read(path) else { return [:] }
        var numbers: [[UInt8]: UInt32] = [:]
        for line in bytes.split(separator: UInt8(ascii: "\n")) {
            let fields = line.split(separator: UInt8(ascii: ":"), omittingEmptySubsequences: false)
            guard fields.count > 2, let number = UInt32(String(decoding: fields[2], as: UTF8.self)) else { continue }
            let name = Array(fields[0])
            if numbers[name] == nil { numbers[name] = number }
        }
        return numbers
    }

    /// Gives a member the ids that the tree has for the names of its owners, as tar(1) does; others keep their numbers.
    func resolve(_ entry: inout ArchiveEntry) {
        if let name = entry.userName, let user = users[Array(name.utf8)] { entry.user = user }
        if let name = entry.groupName, let group = groups[Array(name.utf8)] { entry.group = group }
    }
}
