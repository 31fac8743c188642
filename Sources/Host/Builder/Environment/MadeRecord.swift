import ByteKeys
import CFiles
import Glibc
import Support
import System

/// The files that mkosi made in a directory, and the directory if mkosi made it: lines to which builds in parallel
/// append.
///
/// A line is the name of an entry that is about to be made, `/=IDENTITY NAME` for one that has been made, `/-NAME` for one
/// that was removed, or `/.IDENTITY` for the directory itself. No name has a slash.
struct MadeRecord: Sendable {
    let path: String
    /// The directory that it is about, without links.
    let directory: String

    private static let identified = "/="
    private static let removed = "/-"
    private static let whole = "/."

    private var lines: [String] { ((try? Files.readText(path)) ?? "").lines.map(String.init) }

    /// The names of entries that were made and not removed, without those that now belong to other entries.
    var names: ByteSet {
        let known = known
        return ByteSet(
            known.keys.sorted().filter { name in
                guard let made = known[name] ?? nil, let now = Self.identity(of: Paths.join(directory, name)) else {
                    return true
                }
                return made.hasSameBytes(as: now)
            }
        )
    }

    /// The names, with the identities of entries that were finished.
    private var known: ByteDictionary<String?> {
        var known: ByteDictionary<String?> = [:]
        for line in lines {
            if let name = line.dropping(prefix: Self.removed) {
                known[String(name)] = nil
            } else if let rest = line.dropping(prefix: Self.identified), let blank = rest.firstIndex(of: " ") {
                known[String(rest[rest.index(after: blank)...])] = .some(String(rest[..<blank]))
            } else if line.dropping(prefix: "/") == nil {
                known[line] = .some(nil)
            }
        }
        return known
    }

    /// A Boolean value indicating whether the directory is the one that was made, and not another one in its place.
    var hasDirectory: Bool {
        guard let identity = Self.identity(of: directory) else { return false }
        return lines.containsBytes(of: Self.whole + identity)
    }

    func add(_ new: [String]) throws(SystemCallError) {
        let known = known
        // What replaces a finished entry is another one.
        try append(new.filter { (known[$0] ?? nil) != nil || known[$0] == nil })
    }

    /// Records what the entries of these names are, so that other entries that get the names are not taken for them.
    func identify(_ finished: [String]) throws(SystemCallError) {
        try append(
            finished.compactMap { name in
                Self.identity(of: Paths.join(directory, name)).map { "\(Self.identified)\($0) \(name)" }
            }
        )
    }

    func addDirectory() throws(SystemCallError) {
        if let identity = Self.identity(of: directory), !hasDirectory { try append([Self.whole + identity]) }
    }

    func remove(_ old: [String]) throws(SystemCallError) {
        let known = known
        try append(old.filter { known[$0] != nil }.map { Self.removed + $0 })
    }

    /// A line at the end of the file loses none of those that other builds write at the same time.
    private func append(_ lines: [String]) throws(SystemCallError) {
        let lines = lines.filter { !$0.utf8.contains(UInt8(ascii: "\n")) }
        if lines.isEmpty { return }
        try Files.makeDirectories(Paths.parent(path) ?? "/", mode: 0o700)
        let file = try Descriptor.open(path, O_WRONLY | O_CREAT | O_APPEND | O_NOFOLLOW, mode: 0o600)
        try writeAll(file.number, lines.map { "\($0)\n" }.joined().utf8, path)
    }

    /// The inode and its birth, which an entry of the same name that is made later does not share.
    private static func identity(of path: String) -> String? {
        var birth = mkosi_birth()
        guard mkosi_birth_of(path, &birth) == 0 else { return nil }
        return "\(birth.device):\(birth.inode):\(birth.seconds).\(birth.nanoseconds)"
    }
}
