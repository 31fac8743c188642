internal import CFiles
internal import Glibc
internal import System

/// A copy of a partition's content in a directory of its own, for programs that take nothing but a directory.
///
/// Only content that is put together, or of which something is left out, has to be copied; the file system shares
/// blocks with the tree if it can.
enum StagedContent {
    /// Makes the directory and copies the content into it.
    static func make(_ plan: ContentPlan, root: String, at path: String) throws(DiskError) {
        try DiskError.calling("create the directory", path) { () throws(SystemCallError) in
            try Files.makeDirectories(path, mode: 0o700)
        }
        let directory = try DiskError.calling("open", path) { () throws(SystemCallError) in
            try Descriptor.open(path, O_RDONLY | O_DIRECTORY)
        }
        let top = directory.number
        var copies: [[UInt64]: BytePath] = [:]
        var directories: [(path: BytePath, time: FileTime)] = []
        var walk = ContentWalk(plan, root: root)
        try walk.run { (entry) throws(DiskError) in
            try put(entry, below: top, &copies)
            if entry.kind == .directory {
                directories.append((entry.path, entry.modified))
            }
        }
        // The times of directories come last: each file that is added sets them.
        for (place, time) in directories.reversed() {
            let file = try open(place, below: top)
            guard mkosi_set_modified(file.number, Int64(time.seconds), Int64(time.nanoseconds)) == 0 else {
                throw DiskError.system("set the time of", place.string)
            }
        }
    }

    /// The directory of the copy at a path; no link that was copied is followed.
    private static func open(_ path: BytePath, below top: CInt) throws(DiskError) -> Descriptor {
        let number = (path.isEmpty ? "." : path).withCString {
            mkosi_open_confined(top, $0, O_RDONLY | O_DIRECTORY, 0, MKOSI_RESOLVE_NO_LINKS)
        }
        guard number >= 0 else { throw DiskError.system("open the copy of", path.string) }
        return Descriptor(owning: number)
    }

    private static func put(
        _ entry: ContentEntry,
        below top: CInt,
        _ copies: inout [[UInt64]: BytePath]
    ) throws(DiskError) {
        if entry.path.isEmpty {
            return try finish(entry, top)
        }
        let parent = try open(entry.path.parent, below: top)
        let name = entry.path.name
        if entry.kind == .directory {
            let made = name.withCString { mkdirat(parent.number, $0, 0o700) }
            guard made == 0 || errno == EEXIST else { throw DiskError.system("copy", entry.path.string) }
            let directory = try open(entry.path, below: top)
            return try finish(entry, directory.number)
        }
        // What an earlier source has put there gives way.
        _ = name.withCString { unlinkat(parent.number, $0, 0) }
        if let status = entry.status, status.links > 1 {
            if let first = copies[[status.device, status.inode]] {
                let old = try open(first.parent, below: top)
                let result = first.name.withCString { source in
                    name.withCString { linkat(old.number, source, parent.number, $0, 0) }
                }
                guard result == 0 else { throw DiskError.system("link", entry.path.string) }
                return
            }
            copies[[status.device, status.inode]] = entry.path
        }
        switch entry.kind {
        case .regular: try copyFile(entry, name, parent.number)
        case .symbolicLink:
            let target = try entry.linkTarget()
            let made = target.withCString { target in name.withCString { symlinkat(target, parent.number, $0) } }
            guard made == 0 else { throw DiskError.system("copy", entry.path.string) }
            try finish(entry, name, parent.number)
        default:
            // Definitions make no nodes: each has a status.
            guard let status = entry.status else { return }
            let device = mkosi_device(status.nodeMajor, status.nodeMinor)
            let made = name.withCString { mknodat(parent.number, $0, mode_t(status.fullMode), device) }
            guard made == 0 else { throw DiskError.system("make the node", entry.path.string) }
            try finish(entry, name, parent.number)
        }
    }

    private static func copyFile(_ entry: ContentEntry, _ name: BytePath, _ parent: CInt) throws(DiskError) {
        let source = try entry.open()
        let number = name.withCString { mkosi_file_openat(parent, $0, O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW, 0o600) }
        guard number >= 0 else { throw DiskError.system("copy", entry.path.string) }
        let file = Descriptor(owning: number)
        try DiskError.calling("copy", entry.path.string) { () throws(SystemCallError) in
            try Files.copyAll(from: source.number, size: Int64(entry.size), to: file.number)
        }
        try finish(entry, file.number, source: source.number)
    }

    /// Puts owner, mode, attributes and time on an open file, in the order in which none undoes another.
    private static func finish(_ entry: ContentEntry, _ file: CInt, source: CInt? = nil) throws(DiskError) {
        let status = entry.status
        let path = entry.path.string
        guard fchown(file, status?.user ?? 0, status?.group ?? 0) == 0 else {
            throw DiskError.system("set the owner of", path)
        }
        guard fchmod(file, mode_t(entry.mode)) == 0 else {
            throw DiskError.system("set the mode of", path)
        }
        guard status != nil else { return }
        let attributes = try attributes(of: entry, source)
        for attribute in attributes
        where fsetxattr(file, attribute.name, attribute.value, attribute.value.count, 0) != 0 {
            throw DiskError.system("set the attribute \(attribute.name) of", path)
        }
        let time = entry.modified
        guard mkosi_set_modified(file, Int64(time.seconds), Int64(time.nanoseconds)) == 0 else {
            throw DiskError.system("set the time of", path)
        }
    }

    private static func attributes(of entry: ContentEntry, _ source: CInt?) throws(DiskError) -> [ExtendedAttribute] {
        guard let source else {
            let opened = try entry.open()
            return try attributes(of: entry, opened.number)
        }
        let path = entry.path.string
        return try DiskError.calling("read the attributes of", path) { () throws(SystemCallError) in
            try ExtendedAttribute.all(of: source, name: path)
        }
    }

    /// The same for what must not be opened: links and nodes.
    private static func finish(_ entry: ContentEntry, _ name: BytePath, _ parent: CInt) throws(DiskError) {
        guard let status = entry.status else { return }
        let time = status.modified
        let failed = name.withCString { name -> Bool in
            fchownat(parent, name, status.user, status.group, AT_SYMLINK_NOFOLLOW) != 0
                || entry.kind != .symbolicLink && fchmodat(parent, name, mode_t(status.mode), 0) != 0
                || mkosi_set_modified_at(parent, name, Int64(time.seconds), Int64(time.nanoseconds)) != 0
        }
        if failed { throw DiskError.system("set the attributes of", entry.path.string) }
    }
}
