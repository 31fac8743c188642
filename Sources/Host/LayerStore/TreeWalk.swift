import CFiles
import Crypto
import Glibc
import Support
import System

/// One walk over a tree.
struct TreeWalk {
    let subject: TreeManifest.Subject
    /// The latest time that reaches the image, in seconds since the epoch.
    let latest: Int64?
    var index: TreeIndex
    var entries = 0
    var size = 0
    var read = 0
    /// The first name of each file that has several.
    private var names: [FileNumber: [UInt8]] = [:]

    private struct FileNumber: Hashable {
        var device: UInt64
        var inode: UInt64
    }

    /// A Boolean value indicating whether the content of files is included.
    private var readsFiles: Bool { subject != .identity && subject != .names }
    /// True if what cannot be read does not matter.
    private var isLenient: Bool { subject == .source || subject == .names || subject == .program }

    /// Files that are larger are known by their size and the time of their last change; nil for none.
    var contentLimit: Int64?
    /// Gets how many bytes were read since it was called last.
    var onRead: (Int) -> Void = { _ in }

    init(subject: TreeManifest.Subject, latest: Int64?, index: TreeIndex) {
        self.subject = subject
        self.latest = latest
        self.index = index
    }

    mutating func start(_ path: String, _ isExcluded: (String) -> Bool, _ visit: (String) -> Void) throws(DigestError) {
        if subject == .identity, let line = try leaf(path) { return visit(line) }
        // A pipe would be waited for.
        let root = mkosi_file_open(path, O_RDONLY | O_NONBLOCK, 0)
        guard root >= 0 else { throw Self.failure("open", path) }
        defer { close(root) }
        guard let status = FileStatus(of: root) else { throw Self.failure("stat", path) }
        entries += 1
        if status.kind == .directory {
            visit(describe(Array(".".utf8), status) + attributes(of: root))
            try walk(root, [], isExcluded, visit)
        } else {
            let content = try content(of: root, status, path)
            visit("\(describe(Array(".".utf8), status)) \(content)\(attributes(of: root))")
        }
    }

    /// The stamp of an entry that is not a directory; links are not followed.
    private mutating func leaf(_ path: String) throws(DigestError) -> String? {
        guard let status = FileStatus(at: path) else { throw Self.failure("stat", path) }
        if status.kind == .directory { return nil }
        entries += 1
        return describe(Array(".".utf8), status)
    }

    private mutating func walk(
        _ directory: CInt,
        _ prefix: [UInt8],
        _ isExcluded: (String) -> Bool,
        _ visit: (String) -> Void,
        depth: Int = 0
    ) throws(DigestError) {
        if depth > TreeDepth.limit {
            throw DigestError(message: "more than \(TreeDepth.limit) directories are nested in a tree")
        }
        for bytes in try TreeText.names(of: directory, String(decoding: prefix, as: UTF8.self)) {
            let place = prefix.isEmpty ? bytes : prefix + [UInt8(ascii: "/")] + bytes
            let path = String(decoding: place, as: UTF8.self)
            let name = bytes.map(CChar.init(bitPattern:)) + [0]
            if isExcluded(path) { continue }
            guard let status = FileStatus(at: name, in: directory) else {
                // Another process may work in the same directory: entries that vanished are ignored.
                if isLenient, errno == ENOENT { continue }
                // A directory that may be listed, and not searched.
                if isLenient, errno == EACCES {
                    visit(TreeText.escaped(place))
                    continue
                }
                throw Self.failure("stat", path)
            }
            entries += 1
            let line = describe(place, status)
            switch status.kind {
            case .directory:
                guard let child = try open(name, in: directory, O_DIRECTORY, path) else {
                    visit(subject == .names || subject == .program ? line : line + Self.changeTime(status))
                    continue
                }
                defer { close(child) }
                visit(line + attributes(of: child))
                try walk(child, place, isExcluded, visit, depth: depth + 1)
            case .regular where readsFiles:
                visit(try line + describeFile(name, in: directory, status, path) + secondName(of: status, place))
            case .symbolicLink where subject != .identity:
                visit("\(line) \(TreeText.target(of: name, in: directory))" + secondName(of: status, place))
            case .characterDevice, .blockDevice: visit("\(line) \(status.nodeMajor):\(status.nodeMinor)")
            default: visit(line)
            }
        }
    }

    /// Content and extended attributes.
    private mutating func describeFile(
        _ name: [CChar],
        in directory: CInt,
        _ status: FileStatus,
        _ path: String
    ) throws(DigestError) -> String {
        // Who gives a file other attributes gives it another time, too.
        if subject == .copy || subject == .source || subject == .program, let known = index.entry(of: status),
            !known.hasAttributes
        {
            size = size.addingSaturated(status.size)
            return " \(known.digest)"
        }
        guard let file = try open(name, in: directory, 0, path) else {
            return subject == .program ? " \(status.size)" : Self.changeTime(status)
        }
        defer { close(file) }
        return " \(try content(of: file, status, path))\(attributes(of: file))"
    }

    /// Nil for what the user may not read, where that does not matter.
    private func open(_ name: [CChar], in directory: CInt, _ flags: CInt, _ path: String) throws(DigestError) -> CInt? {
        let file = mkosi_file_openat(directory, name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | flags, 0)
        if file >= 0 { return file }
        if isLenient, errno == EACCES || errno == EPERM || errno == ENOENT { return nil }
        throw Self.failure("open", path)
    }

    /// Path, type and mode, and owner and time where they count.
    private func describe(_ path: [UInt8], _ status: FileStatus) -> String {
        let line = "\(TreeText.escaped(path)) \(String(status.fullMode, radix: 8))"
        if subject == .names { return status.kind == .regular && status.size == 0 ? "\(line) empty" : line }
        if subject == .program { return line }
        if subject == .identity { return "\(line) \(status.inode) \(status.size)\(Self.changeTime(status))" }
        let owner = subject == .copy ? "" : " \(status.user):\(status.group)"
        return "\(line)\(time(status))\(owner)"
    }

    private func time(_ status: FileStatus) -> String {
        switch subject {
        case .source where status.kind == .directory: return ""
        case .result where latest == nil: return ""
        case .copy, .result:
            if let latest, status.modified.seconds >= latest { return " \(latest).0" }
        case .source, .layer, .identity, .names, .program: break
        }
        return " \(status.modified.seconds).\(status.modified.nanoseconds)"
    }

    private static func changeTime(_ status: FileStatus) -> String {
        " \(status.changed.seconds).\(status.changed.nanoseconds)"
    }

    /// The time of the last change of a file that is not read, from which the next change can be told.
    private static func settledChangeTime(
        of file: CInt,
        _ status: FileStatus,
        _ path: String
    ) throws(DigestError) -> String {
        if ChangeClock.isPast(status.changed) { return changeTime(status) }
        ChangeClock.wait(past: status.changed)
        guard let later = FileStatus(of: file) else { throw failure("stat", path) }
        return changeTime(later)
    }

    /// Returns the earlier entry that is the same file: the image has that file only once.
    private mutating func secondName(of status: FileStatus, _ path: [UInt8]) -> String {
        guard status.links > 1, subject != .names, subject != .program else { return "" }
        let number = FileNumber(device: status.device, inode: status.inode)
        if let first = names[number] { return " = \(TreeText.escaped(first))" }
        names[number] = path
        return ""
    }

    private mutating func content(
        of file: CInt,
        _ status: FileStatus,
        _ path: String
    ) throws(DigestError) -> String {
        size = size.addingSaturated(status.size)
        if let known = index.entry(of: status) { return known.digest }
        if let limit = contentLimit, status.size > limit {
            return "\(status.size)\(try Self.settledChangeTime(of: file, status, path))"
        }
        read += 1
        let text: String
        do throws(DigestError) {
            text = try Digest.ofContent(file, size: Int64(status.size), onProgress: onRead)
        } catch {
            throw DigestError(message: "cannot read \(path): \(error.message)")
        }
        index.add(text, hasAttributes: flistxattr(file, nil, 0) > 0, of: status)
        return text
    }

    private func attributes(of file: CInt) -> String {
        readsFiles ? TreeText.attributes(of: file, asCopied: subject == .copy || subject == .program) : ""
    }

    private static func failure(_ call: String, _ path: String) -> DigestError {
        DigestError(message: "\(call) \(path): \(String(cString: strerror(errno)))")
    }
}
