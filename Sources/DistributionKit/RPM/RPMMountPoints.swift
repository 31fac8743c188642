import CFiles
import Glibc
import PluginWire
import System

/// Directories that packages have where the host mounts others while rpm runs: rpm has changed those, not the tree's own.
struct RPMMountPoints: Codable, Sendable, Equatable {
    /// A directory as a package has it.
    struct Directory: Codable, Sendable, Equatable {
        /// Absolute in the tree.
        var path: String
        /// Permission bits.
        var mode: Int
        var user: Int
        var group: Int
    }

    var directories: [Directory]

    private static let places = ["/proc", "/sys", "/dev", "/run", "/tmp"]

    /// Asks rpm for what packages have there; owners are looked up in the tree's own files.
    init(_ query: RPMQuery, root: String) throws(ErrorObject) {
        let format = "[%{FILENAMES}\\t%{FILEMODES}\\t%{FILEUSERNAME}\\t%{FILEGROUPNAME}\\n]"
        let lines = try query.lines(format).filter { line in
            Self.places.contains {
                line.hasPrefix($0) && (line.dropFirst($0.count).first == "\t" || line.hasPrefix($0 + "/"))
            }
        }
        let (users, groups) = try TreeEntry.visit(root) { () throws(ErrorObject) in
            (Self.numbers("/etc/passwd"), Self.numbers("/etc/group"))
        }
        directories = lines.compactMap { line in
            let fields = line.split(separator: "\t").map(String.init)
            guard fields.count == 4, let mode = Int(fields[1]), mode & 0o170000 == 0o040000 else { return nil }
            return Directory(
                path: fields[0],
                mode: mode & 0o7777,
                user: users[fields[2]] ?? 0,
                group: groups[fields[3]] ?? 0
            )
        }
        directories.sort { $0.path < $1.path }
    }

    /// The numbers of names in a file of accounts.
    private static func numbers(_ path: String) -> [String: Int] {
        let lines = (SystemFile.text(path) ?? "").split(separator: "\n")
        return Dictionary(
            lines.compactMap { line in
                let fields = line.split(separator: ":", omittingEmptySubsequences: false)
                return fields.count > 2 ? Int(fields[2]).map { (String(fields[0]), $0) } : nil
            }
        ) { first, _ in first }
    }

    /// Makes the directories; the tree is the root directory now, and nothing is mounted there.
    func make() throws(ErrorObject) {
        for directory in directories {
            try SystemFile.makeDirectories(directory.path)
            var status = stat()
            // What a script has put there instead stays.
            guard lstat(directory.path, &status) == 0, status.st_mode & S_IFMT == S_IFDIR else { continue }
            if Int(status.st_uid) != directory.user || Int(status.st_gid) != directory.group {
                _ = lchown(directory.path, uid_t(directory.user), gid_t(directory.group))
            }
            if Int(status.st_mode) & 0o7777 != directory.mode {
                if chmod(directory.path, mode_t(directory.mode)) != 0 {
                    throw SystemFile.failure("change the mode of", directory.path)
                }
            }
        }
    }
}
