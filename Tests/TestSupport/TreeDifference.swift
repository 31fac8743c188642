import CTestSupport
import Glibc
import Support
import System

/// What a comparison of two trees looks at besides names, types, modes, contents, link targets and devices.
public struct TreeAspects: OptionSet, Sendable {
    public let rawValue: Int
    public init(rawValue: Int) { self.rawValue = rawValue }

    public static let owners = TreeAspects(rawValue: 1)
    public static let times = TreeAspects(rawValue: 2)
    public static let attributes = TreeAspects(rawValue: 4)
    public static let hardLinks = TreeAspects(rawValue: 8)
    /// Owners by the names that each tree itself has for them.
    public static let ownerNames = TreeAspects(rawValue: 16)
    public static let all: TreeAspects = [.owners, .times, .attributes, .hardLinks]
}

/// Every difference between two trees as a line `PATH: WHAT A != B`, sorted by path; empty when they are equal.
///
/// `ignoring` are paths from the top (`var/log`) that are left out together with all below them.
public func treeDifference(
    _ a: String,
    _ b: String,
    _ aspects: TreeAspects = .all,
    ignoring: Set<String> = []
) throws -> [String] {
    let left = try TreeReader(top: a, aspects: aspects, ignoring: ignoring).read()
    let right = try TreeReader(top: b, aspects: aspects, ignoring: ignoring).read()
    var lines: [String] = []
    for path in Set(left.keys).union(right.keys).sorted() {
        switch (left[path], right[path]) {
        case (let one?, let two?):
            for name in Set(one.keys).union(two.keys).sorted() where one[name] != two[name] {
                lines.append("\(path): \(name) \(one[name] ?? "none") != \(two[name] ?? "none")")
            }
        case (_?, nil): lines.append("\(path): only in the first")
        default: lines.append("\(path): only in the second")
        }
    }
    // Contents only matter, and are only read, where all that is cheaper to compare is the same.
    for (path, facts) in left where facts["type"] == "file" && right[path]?["type"] == "file" {
        guard facts["size"] == right[path]?["size"], facts["size"] != "0" else { continue }
        if try Files.read(Paths.join(a, path)) != Files.read(Paths.join(b, path)) {
            lines.append("\(path): content differs")
        }
    }
    return lines.sorted()
}

/// Walks one tree and notes the facts of each entry by name.
private struct TreeReader {
    let top: String
    let aspects: TreeAspects
    let ignoring: Set<String>
    private var entries: [String: [String: String]] = [:]
    private var firstNames: [ino_t: String] = [:]
    private let users: [Int: String]
    private let groups: [Int: String]

    init(top: String, aspects: TreeAspects, ignoring: Set<String>) {
        self.top = top
        self.aspects = aspects
        self.ignoring = ignoring
        users = Self.names("\(top)/etc/passwd")
        groups = Self.names("\(top)/etc/group")
    }

    private static func names(_ path: String) -> [Int: String] {
        let text = (try? Files.readText(path)) ?? ""
        let pairs = text.split(separator: "\n").compactMap { line -> (Int, String)? in
            let fields = line.split(separator: ":", omittingEmptySubsequences: false)
            return fields.count > 2 ? Int(fields[2]).map { ($0, String(fields[0])) } : nil
        }
        return Dictionary(pairs, uniquingKeysWith: { first, _ in first })
    }

    consuming func read() throws -> [String: [String: String]] {
        var reader = self
        try reader.visit(".")
        return reader.entries
    }

    private mutating func visit(_ path: String) throws {
        if ignoring.contains(path) { return }
        let full = Paths.join(top, path)
        var status = stat()
        try systemCall("lstat", full) { lstat(full, &status) }
        var facts = ["mode": String(status.st_mode & 0o7777, radix: 8)]
        if aspects.contains(.owners) { facts["owner"] = "\(status.st_uid):\(status.st_gid)" }
        if aspects.contains(.ownerNames) {
            let user = users[Int(status.st_uid)] ?? "\(status.st_uid)"
            facts["owner"] = "\(user):\(groups[Int(status.st_gid)] ?? "\(status.st_gid)")"
        }
        if aspects.contains(.times) { facts["time"] = "\(status.st_mtim.tv_sec)" }
        if aspects.contains(.attributes) { facts.merge(attributes(of: full)) { $1 } }
        switch status.st_mode & S_IFMT {
        case S_IFREG:
            facts["type"] = "file"
            facts["size"] = "\(status.st_size)"
        case S_IFDIR: facts["type"] = "directory"
        case S_IFLNK:
            facts["type"] = "link"
            facts["target"] = target(of: full)
        case let type:
            facts["type"] = "special \(type >> 12)"
            facts["device"] = "\(status.st_rdev)"
        }
        if aspects.contains(.hardLinks), status.st_nlink > 1, status.st_mode & S_IFMT != S_IFDIR {
            // The walk is sorted, so the same group has the same first name in both trees.
            facts["same file as"] = firstNames[ino_t(status.st_ino)] ?? path
            if firstNames[ino_t(status.st_ino)] == nil { firstNames[ino_t(status.st_ino)] = path }
        }
        entries[path] = facts
        guard facts["type"] == "directory" else { return }
        for name in try Files.list(full) {
            try visit(path == "." ? name : "\(path)/\(name)")
        }
    }

    private func target(of path: String) -> String {
        var buffer = [CChar](repeating: 0, count: 4096)
        let length = readlink(path, &buffer, buffer.count)
        return String(decoding: buffer.prefix(max(0, length)).map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }

    private func attributes(of path: String) -> [String: String] {
        var list = [CChar](repeating: 0, count: 4096)
        let length = llistxattr(path, &list, list.count)
        let names = list.prefix(max(0, length)).split(separator: 0).map { name in
            String(decoding: name.map { UInt8(bitPattern: $0) }, as: UTF8.self)
        }
        var facts: [String: String] = [:]
        for name in names {
            var value = [UInt8](repeating: 0, count: 65536)
            let size = lgetxattr(path, name, &value, value.count)
            facts["attribute \(name)"] = value.prefix(max(0, size)).map { String($0, radix: 16) }.joined(separator: " ")
        }
        return facts
    }
}
