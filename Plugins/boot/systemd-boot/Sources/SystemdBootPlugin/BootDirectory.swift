import Glibc
import PluginWire
import System

/// The directories of a tree that boot loaders write to.
///
/// Directories are made one by one and never through a link, so that nothing is written outside of them.
struct BootDirectory {
    let root: String

    /// Copies a file, replacing one that is there.
    mutating func copy(_ source: String, to path: String) throws {
        try place(path) { target throws(SystemCallError) in
            let input = try Files.openRegular(source)
            let output = try Descriptor.open(target, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW)
            while true {
                let bytes = try input.read(upTo: 1 << 20)
                if bytes.isEmpty { return }
                try output.write(bytes)
            }
        }
    }

    mutating func write(_ text: String, to path: String) throws {
        try place(path) { target throws(SystemCallError) in
            let output = try Descriptor.open(target, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW)
            try output.write(text.utf8)
        }
    }

    /// Leaves a file alone that the project has put there.
    mutating func writeUnlessThere(_ text: String, to path: String) throws {
        if Files.kind(of: root + path) == nil { try write(text, to: path) }
    }

    /// The text of a file of the tree; nil where it is none.
    func text(of path: String) -> String? {
        guard let place = Files.place(path, inTree: root), Files.isPlainFile(place) else { return nil }
        return try? Files.readText(place)
    }

    private func place(_ path: String, _ write: (String) throws(SystemCallError) -> Void) throws {
        do throws(SystemCallError) {
            var directory = root
            for component in path.split(separator: "/").dropLast() {
                directory += "/\(component)"
                switch Files.kind(of: directory) {
                case .some(S_IFDIR): break
                case nil: try systemCall("mkdir", directory) { mkdir(directory, 0o755) }
                default: throw SystemCallError("open", directory, errno: ENOTDIR)
                }
            }
            if Files.kind(of: root + path) != nil { try systemCall("unlink", path) { unlink(root + path) } }
            try write(root + path)
        } catch {
            throw ErrorObject(code: .commandFailed, message: "cannot write \(path) of the image: \(error.reason)")
        }
    }
}
