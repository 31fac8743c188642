internal import Glibc
internal import System

/// A tree as the prototype file of mkfs.xfs(8), and what has to be changed afterwards for xfs_db(8).
struct XFSPrototype {
    private(set) var prototype: [UInt8]
    private(set) var changes: [UInt8] = []
    /// Paths that a prototype cannot hold.
    private(set) var skipped = SkippedPaths()
    private let epoch: Int

    /// The numbers of the root directory and of the two files for real-time volumes behind it.
    private static let firstInode = 128

    /// Seconds since the epoch that an inode can have.
    private static let times = -(1 << 31)...16_299_260_423

    /// - Parameters:
    ///   - source: The directory with the content; nil for an empty file system.
    ///   - epoch: Seconds since the epoch that no time exceeds.
    /// - Throws: `system` if the content cannot be read.
    init(_ source: String?, epoch: Int) throws(DiskError) {
        self.epoch = epoch
        prototype = Array("-\n0 0\n".utf8)
        var open: [BytePath] = []
        var omitted: Set<BytePath> = []
        for inode in [Self.firstInode + 1, Self.firstInode + 2] {
            append("inode \(inode)", time: FileTime(seconds: epoch))
        }
        guard let source else {
            append("inode \(Self.firstInode)", time: FileTime(seconds: epoch))
            prototype += Array("d--755 0 0\n$\n".utf8)
            return
        }
        guard !source.contains(where: \.isWhitespace) else {
            throw DiskError(
                .system,
                "mkfs.xfs cannot read files below \(source): the path has white space",
                hint: "Set WorkspaceDirectory= to a path without white space"
            )
        }
        var walk = ContentWalk(ContentPlan(whole: "/"), root: source)
        try walk.run { (entry) throws(DiskError) in
            let target = entry.kind == .symbolicLink ? try entry.linkTarget() : nil
            let isPossible = Self.isPossible(entry.path.name) && target.map(Self.isPossible) ?? true
            if !entry.path.isEmpty, !isPossible || omitted.contains(entry.path.parent) {
                // What is in a directory that was left out has no place either.
                if entry.kind == .directory { omitted.insert(entry.path) }
                return skipped.add(entry.path)
            }
            while let last = open.last, last != entry.path.parent {
                open.removeLast()
                prototype += Array("$\n".utf8)
            }
            add(entry, target, source: source)
            if entry.kind == .directory { open.append(entry.path) }
        }
        for _ in open { prototype += Array("$\n".utf8) }
    }

    private mutating func add(_ entry: ContentEntry, _ target: BytePath?, source: String) {
        let node = "\(entry.status?.nodeMajor ?? 0) \(entry.status?.nodeMinor ?? 0)"
        let letter: String
        var rest: [UInt8] = []
        switch entry.kind {
        case .directory: letter = "d"
        case .regular:
            letter = "-"
            rest = Array(source.utf8) + [UInt8(ascii: "/")] + entry.path.bytes
        case .symbolicLink:
            letter = "l"
            rest = target?.bytes ?? []
        case .blockDevice: (letter, rest) = ("b", Array(node.utf8))
        case .characterDevice: (letter, rest) = ("c", Array(node.utf8))
        default: letter = "p"
        }
        let mode = entry.mode
        let bits = String(mode & 0o777, radix: 8)
        let word =
            letter + (mode & 0o4000 != 0 ? "u" : "-") + (mode & 0o2000 != 0 ? "g" : "-")
            + String(repeating: "0", count: 3 - bits.count) + bits
        if !entry.path.isEmpty { prototype += entry.path.name.bytes + [UInt8(ascii: " ")] }
        let owner = "\(entry.status?.user ?? 0) \(entry.status?.group ?? 0)"
        prototype += Array("\(word) \(owner) ".utf8) + rest + [UInt8(ascii: "\n")]
        append("path /", entry.path, time: entry.modified)
        if mode & 0o1000 != 0 {
            let type: UInt32 = entry.kind == .directory ? 0o40000 : 0o100000
            changes += Array("write core.mode 0\(String(type | mode, radix: 8))\n".utf8)
        }
    }

    /// Sets all times of an inode: nanoseconds since 1901-12-13, 20:45:52, which is as far back as 32 bits reached.
    private mutating func append(
        _ place: String,
        _ path: BytePath = BytePath(bytes: []),
        time: FileTime
    ) {
        let time = min(time, FileTime(seconds: epoch))
        // The file system's times end in the year 2486, those of the source may be any number.
        let seconds = UInt64(min(max(time.seconds, Self.times.lowerBound), Self.times.upperBound) + 1 << 31)
        let count = seconds * 1_000_000_000 + UInt64(min(max(time.nanoseconds, 0), 999_999_999))
        changes += Array(place.utf8) + path.bytes + [UInt8(ascii: "\n")]
        for field in ["core.atime", "core.mtime", "core.ctime", "v3.crtime"] {
            changes += Array("write \(field).sec \(count)\n".utf8)
        }
    }

    /// White space parts words; a dollar sign ends a directory, and a colon begins a comment.
    private static func isPossible(_ word: BytePath) -> Bool {
        guard !word.bytes.contains(where: { $0 <= 0x20 || $0 == 0x7f }) else { return false }
        return word != "$" && word.bytes.first != UInt8(ascii: ":")
    }
}

/// Paths that are left out, of which a warning names the first ones.
struct SkippedPaths {
    private(set) var count = 0
    private(set) var first: [String] = []

    mutating func add(_ path: BytePath) {
        count += 1
        if first.count < 3 { first.append(path.string) }
    }

    func warn(_ subject: String, _ reason: String, _ warn: (String) -> Void) {
        if count == 0 { return }
        let more = count > first.count ? " and \(count - first.count) more are" : count == 1 ? " is" : " are"
        warn("\(subject): \(first.joined(separator: ", "))\(more) left out, as \(reason)")
    }
}
