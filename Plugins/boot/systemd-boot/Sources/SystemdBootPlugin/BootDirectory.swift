import Glibc
import PluginWire
import System

/// The directories of a tree that boot loaders write to.
///
/// Directories are made one by one, and links lead to places in the tree, so that nothing is written outside of it.
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
        let directory = Paths.parent(path).flatMap { Files.place($0, inTree: root) }
        if let directory, Files.kind(of: "\(directory)/\(Paths.name(path))") != nil { return }
        try write(text, to: path)
    }

    /// The text of a file of the tree; nil where it is none.
    func text(of path: String) -> String? {
        guard let place = Files.place(path, inTree: root), Files.isPlainFile(place) else { return nil }
        return try? Files.readText(place)
    }

    private func place(_ path: String, _ write: (String) throws(SystemCallError) -> Void) throws {
        do throws(SystemCallError) {
            var directory = root
            var reached = ""
            for component in path.split(separator: "/").dropLast() {
                reached += "/\(component)"
                guard let place = Files.place(reached, inTree: root) else {
                    directory += "/\(component)"
                    // A link to nothing stays in the way.
                    try systemCall("mkdir", directory) { mkdir(directory, 0o755) }
                    continue
                }
                guard Files.kind(of: place) == S_IFDIR else { throw SystemCallError("open", place, errno: ENOTDIR) }
                directory = place
            }
            let target = "\(directory)/\(Paths.name(path))"
            if Files.kind(of: target) != nil { try systemCall("unlink", path) { unlink(target) } }
            try write(target)
        } catch {
            throw ErrorObject(code: .commandFailed, message: "cannot write \(path) of the image: \(error.reason)")
        }
    }
}
