internal import Crypto
internal import Glibc
internal import System

/// The directories of a tree that boot loaders write to.
///
/// Directories are made one by one, and links lead to places in the tree, so that nothing is written outside of it.
public struct BootDirectory: Sendable {
    public let root: String
    /// The paths of the tree that files were copied to.
    public private(set) var copies: [String] = []

    public init(root: String) { self.root = root }

    /// Copies a file, replacing one that is there.
    public mutating func copy(_ source: String, to path: String) throws(BootError) {
        try place(path) { target throws(SystemCallError) in
            try Files.copy(source, to: target)
        }
        copies.append(path)
    }

    /// Writes a file, replacing one that is there.
    public mutating func write(_ text: String, to path: String) throws(BootError) {
        try place(path) { target throws(SystemCallError) in
            let output = try Descriptor.open(target, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW)
            try output.write(text.utf8)
        }
    }

    /// Leaves a file alone that the project has put there.
    public mutating func writeUnlessThere(_ text: String, to path: String) throws(BootError) {
        let directory = Paths.parent(path).flatMap { Files.place($0, inTree: root) }
        if let directory, Files.kind(of: "\(directory)/\(Paths.name(path))") != nil { return }
        try write(text, to: path)
    }

    /// Returns true if something is at a path of the tree.
    public func has(_ path: String) -> Bool { Files.place(path, inTree: root) != nil }

    /// Returns true if a file of the tree has the content of another.
    public func has(_ path: String, sameAs other: String) -> Bool {
        guard let place = Files.place(path, inTree: root), Files.size(of: place) == Files.size(of: other),
            let own = try? Digest.ofFile(place), let digest = try? Digest.ofFile(other)
        else { return false }
        return own == digest
    }

    /// The text of a file of the tree; nil where it is none.
    public func text(of path: String) -> String? {
        guard let place = Files.place(path, inTree: root), Files.isPlainFile(place) else { return nil }
        return try? Files.readText(place)
    }

    /// The first plain file of the tree that one of the patterns fits, in which components may have wildcards.
    public func first(of patterns: [String]) -> String? {
        patterns.lazy.compactMap { self.all(of: $0).first }.first
    }

    /// The places of all plain files of the tree that a pattern fits, sorted by their names.
    public func all(of pattern: String) -> [String] {
        search(Paths.components(pattern)[...], below: "")
    }

    private func search(_ components: ArraySlice<Substring>, below path: String) -> [String] {
        guard let component = components.first else {
            guard let place = Files.place(path, inTree: root), Files.isPlainFile(place) else { return [] }
            return [place]
        }
        guard component.contains(where: { "*?[".contains($0) }) else {
            return search(components.dropFirst(), below: "\(path)/\(component)")
        }
        guard let place = Files.place(path, inTree: root), let names = try? Files.list(place) else { return [] }
        return names.sorted().filter { Glob.matches($0, String(component)) }.flatMap {
            search(components.dropFirst(), below: "\(path)/\($0)")
        }
    }

    private func place(_ path: String, _ write: (String) throws(SystemCallError) -> Void) throws(BootError) {
        do throws(SystemCallError) {
            var directory = root
            var reached = ""
            for component in Paths.components(path).dropLast() {
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
            throw BootError(.system, "cannot write \(path) of the image: \(error.reason)")
        }
    }
}
