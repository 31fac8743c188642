import ByteKeys
import Glibc
import Support
import System

/// Notices which files and directories anybody opens while it lives, whatever they are mounted as; see inotify(7).
///
/// Queries of names, modes, sizes or times are not noticed, nor are accesses through an overlay.
struct OpenWatch: ~Copyable {
    private let queue: Descriptor
    private var places: [CInt: Place] = [:]
    /// True if there was too much to be noticed.
    private(set) var isBlind = false

    private struct Place {
        var tree: String
        /// The path of the directory in the tree; empty for the tree itself.
        var path: String
    }

    /// The files that were opened in a tree, by path; empty for the tree itself.
    struct Opened: Hashable {
        var tree: String
        var path: String
        var isDirectory: Bool

        // Not synthesized: equivalent names are those of different files.
        static func == (left: Opened, right: Opened) -> Bool {
            left.isDirectory == right.isDirectory && left.path.hasSameBytes(as: right.path)
                && left.tree.hasSameBytes(as: right.tree)
        }

        func hash(into hasher: inout Hasher) { hasher.combine(ByteText(path)) }
    }

    init() throws(SystemCallError) {
        let flags = CInt(IN_NONBLOCK) | CInt(IN_CLOEXEC)
        queue = Descriptor(owning: try systemCall("inotify_init1") { inotify_init1(flags) })
    }

    /// Watches one file, known as a tree of its own.
    mutating func watch(file path: String) {
        add(path, Place(tree: path, path: ""))
    }

    /// Watches a directory with all that is in it, but for what `isExcluded` names by its path in the directory.
    mutating func watch(directory tree: String, isExcluded: (String) -> Bool) {
        // To list directories is to open them: they are watched when that is over.
        var paths = [""]
        var next = 0
        while next < paths.count, paths.count < Self.mostDirectories {
            let path = paths[next]
            next += 1
            for name in directories(in: Paths.join(tree, path)) {
                let child = path.isEmpty ? name : "\(path)/\(name)"
                if !isExcluded(child) { paths.append(child) }
            }
        }
        if next < paths.count { isBlind = true }
        for path in paths where !isBlind { add(Paths.join(tree, path), Place(tree: tree, path: path)) }
    }

    /// The names of the directories in a directory, in kernel order: there may be very many other files.
    private mutating func directories(in directory: String) -> [String] {
        var names: [String] = []
        for name in (try? DirectoryReader.directories(at: directory)) ?? [] {
            if !name.isText {
                isBlind = true
            } else if Files.kind(of: Paths.join(directory, name.string)) == S_IFDIR {
                names.append(name.string)
            }
        }
        return names
    }

    private static let mostDirectories = 20_000

    private mutating func add(_ path: String, _ place: Place) {
        let number = inotify_add_watch(queue.number, path, UInt32(IN_OPEN))
        // The kernel has its limits, too; and one directory that has two places cannot be told apart.
        if number < 0 || places.updateValue(place, forKey: number) != nil { isBlind = true }
    }

    /// Returns the files that were opened since the last call.
    mutating func takeOpened() -> Set<Opened> {
        var opened: Set<Opened> = []
        var buffer = [UInt8](repeating: 0, count: 1 << 16)
        let header = MemoryLayout<inotify_event>.size
        while true {
            let count = Glibc.read(queue.number, &buffer, buffer.count)
            if count < 0, errno == EINTR { continue }
            if count <= 0 { return opened }
            var offset = 0
            while offset + header <= count {
                let event = buffer.withUnsafeBytes { $0.loadUnaligned(fromByteOffset: offset, as: inotify_event.self) }
                let name = buffer[(offset + header)..<(offset + header + Int(event.len))].prefix { $0 != 0 }
                offset += header + Int(event.len)
                if event.mask & UInt32(IN_Q_OVERFLOW) != 0 { isBlind = true }
                guard event.mask & UInt32(IN_OPEN) != 0, let place = places[event.wd] else { continue }
                let text = String(decoding: name, as: UTF8.self)
                let path = text.isEmpty ? place.path : place.path.isEmpty ? text : "\(place.path)/\(text)"
                let isDirectory = event.mask & UInt32(IN_ISDIR) != 0
                opened.insert(Opened(tree: place.tree, path: path, isDirectory: isDirectory))
            }
        }
    }
}
