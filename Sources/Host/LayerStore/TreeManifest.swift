import CFiles
import Checksum
import Glibc

/// What a tree holds, entry by entry in a fixed order, and one digest over all of it.
public struct TreeManifest: Sendable {
    /// Which properties count.
    public enum Subject: String, Codable, Sendable {
        /// A folder of the user's, of which owners and extended attributes do not reach the image.
        case source
        /// A layer: everything that an image shows.
        case layer
        /// What scripts leave for later steps: as a layer, but when it was made does not matter.
        case result
        /// Whether anything was touched: what the kernel says of each entry, and no content.
        case identity
    }

    /// The digest of all entries.
    public private(set) var digest = ""
    public private(set) var entries = 0
    /// Bytes of all regular files.
    public private(set) var size = 0
    /// How many files had to be read, because the index did not know them.
    public private(set) var read = 0

    /// Walks a tree; `visit` sees each entry as one line of text.
    ///
    /// Files that `index` knows by inode, size and time of change are not read again. Entries that `isExcluded` names
    /// by their path in the tree do not count, with all that is in them.
    public init(
        of path: String,
        as subject: Subject,
        index: inout TreeIndex,
        isExcluded: (String) -> Bool = { _ in false },
        visit: (String) -> Void = { _ in }
    ) throws(TreeManifestError) {
        var walk = TreeWalk(subject: subject, index: index)
        do throws(DigestError) {
            var digest = try Digest()
            try walk.start(path, isExcluded) { line in
                digest.update(Array("\(line)\n".utf8))
                visit(line)
            }
            self.digest = digest.finish()
        } catch {
            throw TreeManifestError(message: error.message)
        }
        (entries, size, read) = (walk.entries, walk.size, walk.read)
        index = walk.index
    }
}

/// Why a tree could not be read.
public struct TreeManifestError: Error, Sendable, CustomStringConvertible {
    public var message: String
    public var description: String { message }
}

/// One walk over a tree.
struct TreeWalk {
    let subject: TreeManifest.Subject
    var index: TreeIndex
    var entries = 0
    var size = 0
    var read = 0

    init(subject: TreeManifest.Subject, index: TreeIndex) {
        self.subject = subject
        self.index = index
    }

    mutating func start(_ path: String, _ isExcluded: (String) -> Bool, _ visit: (String) -> Void) throws(DigestError) {
        let folder = mkosi_file_open(path, O_RDONLY, 0)
        guard folder >= 0 else { throw Self.failure("open", path) }
        defer { close(folder) }
        var status = mkosi_status()
        guard mkosi_status_of(folder, &status) == 0 else { throw Self.failure("stat", path) }
        entries += 1
        if status.mode & S_IFMT == S_IFDIR {
            visit(describe(".", status))
            try walk(folder, "", isExcluded, visit)
        } else {
            let content = subject == .identity ? "" : " \(try content(of: folder, status, path))"
            visit(describe(".", status) + content)
        }
    }

    private mutating func walk(
        _ folder: CInt,
        _ prefix: String,
        _ isExcluded: (String) -> Bool,
        _ visit: (String) -> Void
    ) throws(DigestError) {
        for name in try Self.names(of: folder, prefix) {
            let path = prefix.isEmpty ? name : "\(prefix)/\(name)"
            if isExcluded(path) { continue }
            var status = mkosi_status()
            guard mkosi_status_at(folder, name, &status) == 0 else { throw Self.failure("stat", path) }
            entries += 1
            var line = describe(path, status)
            if subject == .identity, status.mode & S_IFMT != S_IFDIR {
                visit(line)
                continue
            }
            switch status.mode & S_IFMT {
            case S_IFDIR:
                let child = mkosi_file_openat(folder, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW, 0)
                guard child >= 0 else { throw Self.failure("open", path) }
                defer { close(child) }
                visit(line + attributes(of: child))
                try walk(child, path, isExcluded, visit)
                continue
            case S_IFREG:
                if subject == .source, let known = index.digest(of: status) {
                    size += Int(status.size)
                    line += " \(known)"
                    break
                }
                let file = mkosi_file_openat(folder, name, O_RDONLY | O_NOFOLLOW, 0)
                guard file >= 0 else { throw Self.failure("open", path) }
                defer { close(file) }
                line += " \(try content(of: file, status, path))\(attributes(of: file))"
            case S_IFLNK:
                line += " \(Self.target(of: name, in: folder))"
            case S_IFCHR, S_IFBLK:
                line += " \(status.node_major):\(status.node_minor)"
            default: break
            }
            visit(line)
        }
    }

    /// Path, type and mode, time, and the owner where it counts.
    private func describe(_ path: String, _ status: mkosi_status) -> String {
        var line = "\(Self.escaped(path)) \(String(status.mode, radix: 8))"
        // A folder's time says when it was written, which is no property of its content.
        if subject == .identity {
            return "\(line) \(status.inode) \(status.size) \(status.changed_seconds).\(status.changed_nanoseconds)"
        }
        if status.mode & S_IFMT != S_IFDIR, subject != .result {
            line += " \(status.modified_seconds).\(status.modified_nanoseconds)"
        }
        if subject != .source { line += " \(status.user):\(status.group)" }
        return line
    }

    private mutating func content(
        of file: CInt,
        _ status: mkosi_status,
        _ path: String
    ) throws(DigestError) -> String {
        size += Int(status.size)
        if let known = index.digest(of: status) { return known }
        read += 1
        var digest = try Digest()
        do throws(DigestError) {
            _ = try digest.update(descriptor: file)
        } catch {
            throw DigestError(message: "cannot read \(path): \(error.message)")
        }
        let text = digest.finish()
        index.add(text, of: status)
        return text
    }

    private func attributes(of file: CInt) -> String {
        guard subject == .layer || subject == .result else { return "" }
        let length = flistxattr(file, nil, 0)
        guard length > 0 else { return "" }
        var names = [CChar](repeating: 0, count: length)
        guard flistxattr(file, &names, length) == length else { return "" }
        let bytes = names.map { UInt8(bitPattern: $0) }
        var result = ""
        for name in bytes.split(separator: 0).map({ String(decoding: $0, as: UTF8.self) }).sorted() {
            let count = fgetxattr(file, name, nil, 0)
            guard count >= 0 else { continue }
            var value = [UInt8](repeating: 0, count: count)
            guard fgetxattr(file, name, &value, count) == count else { continue }
            result += " \(Self.escaped(name))=\(value.map { String($0, radix: 16) }.joined(separator: ","))"
        }
        return result
    }

    private static func names(of folder: CInt, _ path: String) throws(DigestError) -> [String] {
        guard let stream = fdopendir(dup(folder)) else { throw failure("opendir", path) }
        defer { closedir(stream) }
        // The copy of the descriptor shares its place in the folder with the original.
        rewinddir(stream)
        var names: [String] = []
        while let entry = readdir(stream) {
            let name = withUnsafePointer(to: &entry.pointee.d_name) { pointer in
                pointer.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
            }
            if name != ".", name != ".." { names.append(name) }
        }
        return names.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
    }

    private static func target(of name: String, in folder: CInt) -> String {
        var buffer = [CChar](repeating: 0, count: Int(PATH_MAX))
        let count = readlinkat(folder, name, &buffer, buffer.count)
        return escaped(buffer.prefix(max(0, count)).map(UInt8.init(bitPattern:)))
    }

    private static func escaped(_ text: String) -> String { escaped(Array(text.utf8)) }

    /// The text without what separates columns and lines; no two texts become the same.
    private static func escaped(_ bytes: [UInt8]) -> String {
        func isPlain(_ byte: UInt8) -> Bool { byte > 32 && byte < 128 && byte != UInt8(ascii: "\\") }
        if bytes.allSatisfy(isPlain) { return String(decoding: bytes, as: UTF8.self) }
        return String(
            decoding: bytes.flatMap { byte -> [UInt8] in
                if isPlain(byte) { return [byte] }
                let digits = String(byte, radix: 8)
                return Array("\\\(String(repeating: "0", count: 3 - digits.count))\(digits)".utf8)
            },
            as: UTF8.self
        )
    }

    private static func failure(_ call: String, _ path: String) -> DigestError {
        DigestError(message: "\(call) \(path): \(String(cString: strerror(errno)))")
    }
}
