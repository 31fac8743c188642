internal import CFiles
internal import Glibc
internal import System

/// One file of a partition's content.
struct ContentEntry {
    /// Its place in the file system, without a leading slash; empty for the root.
    var path: BytePath
    var kind: FileKind
    /// Nil for what definitions make: it belongs to root, and has no time of its own.
    var status: FileStatus?
    /// The open directory that it is in, and its name there.
    var directory: CInt = -1
    var name = BytePath(bytes: [])
    /// Its absolute path in the tree; nil for what definitions make.
    var source: BytePath?
    /// Of a link that a definition makes.
    var madeTarget: BytePath?
    /// Of a file that is made, which only root and its group may read.
    var madeContent: [UInt8]?

    /// Bytes of a file.
    var size: UInt64 { UInt64(max(madeContent?.count ?? 0, status?.size ?? 0)) }

    /// Permission bits.
    var mode: UInt32 { status?.mode ?? (madeContent == nil ? 0o755 : 0o640) }

    /// The epoch for what definitions make.
    var modified: FileTime { status?.modified ?? FileTime(seconds: 0) }

    /// Opens the file for reading.
    func open() throws(DiskError) -> Descriptor {
        if let madeContent {
            return try DiskError.calling("make", path.string) { () throws(SystemCallError) in
                try Descriptor.inMemory(madeContent, label: "content")
            }
        }
        let flags = O_RDONLY | O_NOFOLLOW | O_NONBLOCK | (kind == .directory ? O_DIRECTORY : 0)
        // Without a name it is the place itself that is open, which a link may have led to.
        let number =
            name.isEmpty
            ? mkosi_file_open("/proc/self/fd/\(directory)", flags & ~O_NOFOLLOW, 0)
            : name.withCString { mkosi_file_openat(directory, $0, flags, 0) }
        guard number >= 0 else { throw DiskError.system("open", path.string) }
        return Descriptor(owning: number)
    }

    /// Returns the target of a symbolic link.
    func linkTarget() throws(DiskError) -> BytePath {
        if let madeTarget { return madeTarget }
        var target = [UInt8](repeating: 0, count: 4096)
        let count = name.withCString { name in
            target.withUnsafeMutableBytes { buffer in
                buffer.withMemoryRebound(to: CChar.self) { text in
                    text.baseAddress.map { readlinkat(directory, name, $0, text.count) } ?? -1
                }
            }
        }
        guard count >= 0 else { throw DiskError.system("read the link", path.string) }
        return BytePath(bytes: Array(target[..<count]))
    }
}

/// Visits everything that a plan puts into a file system: directories before what they hold, names in byte order.
struct ContentWalk {
    let plan: ContentPlan
    /// The directory that the tree is in.
    let root: String
    private var known: Set<BytePath> = []
    /// Links that were visited, with where they lead, as far as what comes later can be below one.
    private var links: [BytePath: BytePath] = [:]
    private var depth = 0
    /// Sources of `CopyFiles=` that do not exist.
    private(set) var missing: [String] = []
    /// True if lines were added to a file.
    private(set) var hasGenerated = false
    /// True if more than one part of the plan puts something into the file system.
    private let isMixed: Bool

    init(_ plan: ContentPlan, root: String) {
        self.plan = plan
        self.root = root
        isMixed = plan.copies.count > 1 || !plan.directories.isEmpty || !plan.symlinks.isEmpty
    }

    typealias Visit = (ContentEntry) throws(DiskError) -> Void

    /// Visits the root of the file system first; directories that several copies have in common are visited once.
    mutating func run(_ visit: Visit) throws(DiskError) {
        let tree = try DiskError.calling("open", root) { () throws(SystemCallError) in
            try Descriptor.open(root, O_RDONLY | O_DIRECTORY)
        }
        for copy in plan.copies { try self.copy(copy, from: tree.number, visit) }
        for path in plan.directories { try makeDirectories(resolved(BytePath(path).normalized), visit) }
        for link in plan.symlinks {
            let path = try resolvedParent(BytePath(link.path).normalized)
            try makeDirectories(path.parent, visit)
            links[path] = BytePath(link.target)
            try visit(ContentEntry(path: path, kind: .symbolicLink, madeTarget: BytePath(link.target)))
        }
        try makeDirectories(BytePath(bytes: []), visit)
    }

    private mutating func makeDirectories(_ path: BytePath, _ visit: Visit) throws(DiskError) {
        if known.contains(path) { return }
        if !path.isEmpty { try makeDirectories(path.parent, visit) }
        known.insert(path)
        try visit(ContentEntry(path: path, kind: .directory))
    }

    /// As many links as the kernel follows (path_resolution(7)).
    private static let linkLimit = 40

    /// A place of the file system, where links that have been copied lead to places in it, as with systemd-repart(8).
    private func resolved(_ path: BytePath) throws(DiskError) -> BytePath {
        if links.isEmpty { return path }
        var rest: [BytePath] = path.components.reversed()
        var place = BytePath(bytes: [])
        var followed = 0
        while let name = rest.popLast() {
            if name == "." { continue }
            if name == ".." {
                place = place.parent
                continue
            }
            guard let target = links[place.appending(name)] else {
                place = place.appending(name)
                continue
            }
            followed += 1
            guard followed <= Self.linkLimit else {
                throw DiskError(.system, "More than \(Self.linkLimit) links lead to \(path)")
            }
            if target.bytes.first == UInt8(ascii: "/") { place = BytePath(bytes: []) }
            rest.append(contentsOf: target.components.reversed())
        }
        return place
    }

    /// The same for what replaces a link at its own place.
    private func resolvedParent(_ path: BytePath) throws(DiskError) -> BytePath {
        if path.isEmpty { return path }
        return try resolved(path.parent).appending(path.name)
    }

    private mutating func copy(_ copy: ContentPlan.Copy, from tree: CInt, _ visit: Visit) throws(DiskError) {
        let place = BytePath(copy.target).normalized
        // Links of the tree lead to places in the tree.
        let number = mkosi_open_place(tree, copy.source, 1, MKOSI_RESOLVE_IN_ROOT)
        if number < 0, errno == ENOENT || errno == ENOTDIR {
            missing.append(copy.source)
            return
        }
        guard number >= 0 else { throw DiskError.system("open", root + copy.source) }
        let file = Descriptor(owning: number)
        guard let status = FileStatus(of: file.number) else {
            throw DiskError.system("look at", root + copy.source)
        }
        if status.kind == .directory {
            let target = try resolved(place)
            if !target.isEmpty { try makeDirectories(target.parent, visit) }
            var entry = ContentEntry(path: target, kind: .directory, status: status)
            entry.directory = file.number
            entry.source = BytePath(copy.source)
            return try add(entry, source: BytePath(copy.source == "/" ? "" : copy.source), copy, visit)
        }
        let target = try resolvedParent(place)
        guard !target.isEmpty else {
            throw DiskError(
                .definition,
                "\(copy.source) is not a directory and cannot become the root of a file system",
                hint: "Set CopyFiles= to a directory, or name a path behind the colon"
            )
        }
        try makeDirectories(target.parent, visit)
        links[target] = nil
        var entry = ContentEntry(path: target, kind: status.kind, status: status)
        entry.directory = file.number
        entry.source = BytePath(copy.source)
        try visit(entry)
    }

    /// The names of files in a directory of the tree that lines are generated for.
    private func generatedNames(in directory: String, _ names: [BytePath]) -> [BytePath] {
        if plan.generated.isEmpty { return [] }
        return plan.generated.keys.compactMap { ContentPlan.relative($0, to: directory) }.map { BytePath($0) }
            .filter { $0.components.count == 1 }
    }

    /// The lines that a file has already.
    private static func existing(_ name: BytePath, in directory: CInt) -> [UInt8] {
        let number = name.withCString { mkosi_file_openat(directory, $0, O_RDONLY | O_NOFOLLOW | O_NONBLOCK, 0) }
        guard number >= 0 else { return [] }
        let file = Descriptor(owning: number)
        var lines = (try? file.read(upTo: 1 << 20)) ?? []
        if let last = lines.last, last != UInt8(ascii: "\n") { lines.append(UInt8(ascii: "\n")) }
        return lines
    }

    private mutating func add(
        _ entry: ContentEntry,
        source: BytePath,
        _ copy: ContentPlan.Copy,
        _ visit: Visit
    ) throws(DiskError) {
        if known.insert(entry.path).inserted { try visit(entry) }
        let text = source.isEmpty ? "/" : source.string
        if copy.emptied.contains(text) { return }
        depth += 1
        defer { depth -= 1 }
        guard depth <= TreeDepth.limit else {
            throw DiskError(.system, "More than \(TreeDepth.limit) directories are nested in \(root)")
        }
        let directory = try entry.open()
        let names = try DiskError.calling("read the directory", entry.path.string) { () throws(SystemCallError) in
            try DirectoryReader.names(in: directory.number)
        }
        let made = generatedNames(in: text, names)
        for name in made.isEmpty ? names : (names + made.filter { !names.contains($0) }).sorted() {
            let path = (source.isEmpty ? "/" : source).appending(name)
            if !copy.excluded.isEmpty, copy.excluded.contains(path.string) { continue }
            if made.contains(name), let lines = plan.generated[path.string] {
                hasGenerated = true
                var file = ContentEntry(path: entry.path.appending(name), kind: .regular)
                file.source = path
                file.madeContent = Self.existing(name, in: directory.number) + Array(lines.utf8)
                try visit(file)
                continue
            }
            guard let status = FileStatus(at: name, in: directory.number) else {
                throw DiskError.system("look at", root + path.string)
            }
            let kind = status.kind
            if kind == .socket { continue }
            var inner = ContentEntry(path: entry.path.appending(name), kind: kind, status: status)
            inner.directory = directory.number
            inner.name = name
            inner.source = path
            if kind == .directory {
                try add(inner, source: path, copy, visit)
            } else {
                if isMixed {
                    links[inner.path] = nil
                    if kind == .symbolicLink { links[inner.path] = try inner.linkTarget() }
                }
                try visit(inner)
            }
        }
    }
}
