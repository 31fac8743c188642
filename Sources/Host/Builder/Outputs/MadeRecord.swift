import ByteKeys
import CFiles
import Glibc
import Support
import System

/// What mkosi made in a directory, and whether it made the directory: a file of lines, to which builds in parallel append.
///
/// A line is the name of an entry that is about to be made, `/-NAME` for one that was removed, or `/.IDENTITY` for the
/// directory itself. No name has a slash.
struct MadeRecord: Sendable {
    let path: String
    /// The directory that it is about, without links.
    let directory: String

    private static let removed = "/-"
    private static let whole = "/."

    private var lines: [String] { ((try? Files.readText(path)) ?? "").lines.map(String.init) }

    /// The names of entries that were made and not removed.
    var names: ByteSet {
        var names: ByteSet = []
        for line in lines {
            if let name = line.dropping(prefix: Self.removed) {
                names.remove(String(name))
            } else if line.dropping(prefix: "/") == nil {
                names.insert(line)
            }
        }
        return names
    }

    /// A Boolean value indicating whether the directory is the one that was made, and not another one in its place.
    var hasDirectory: Bool {
        guard let identity else { return false }
        return lines.containsBytes(of: Self.whole + identity)
    }

    func add(_ new: [String]) throws(SystemCallError) {
        let names = names
        try append(new.filter { !names.contains($0) })
    }

    func addDirectory() throws(SystemCallError) {
        if let identity, !hasDirectory { try append([Self.whole + identity]) }
    }

    func remove(_ old: [String]) throws(SystemCallError) {
        let names = names
        try append(old.filter(names.contains).map { Self.removed + $0 })
    }

    /// A line at the end of the file loses none of those that other builds write at the same time.
    private func append(_ lines: [String]) throws(SystemCallError) {
        let lines = lines.filter { !$0.utf8.contains(UInt8(ascii: "\n")) }
        if lines.isEmpty { return }
        try Files.makeDirectories(Paths.parent(path) ?? "/", mode: 0o700)
        let file = try Descriptor.open(path, O_WRONLY | O_CREAT | O_APPEND | O_NOFOLLOW, mode: 0o600)
        try writeAll(file.number, lines.map { "\($0)\n" }.joined().utf8, path)
    }

    /// The inode and its birth, which a directory of the same name that is made later does not share.
    private var identity: String? {
        var birth = mkosi_birth()
        guard mkosi_birth_of(directory, &birth) == 0 else { return nil }
        return "\(birth.device):\(birth.inode):\(birth.seconds).\(birth.nanoseconds)"
    }
}
