internal import Glibc
internal import System

/// Files of a directory of firmware, with all links that lead to them.
///
/// Links are followed by their text, and never out of the directory.
struct FirmwareSelection {
    private let directory: String
    /// Paths of files and links, relative to the directory.
    private(set) var paths: Set<String> = []
    /// Directories that a link leads to, and whose files are among the paths.
    private var wholeDirectories: Set<String> = []

    init(_ directory: String) { self.directory = directory }

    /// Adds the files that modules name, by paths or globs, and those that patterns choose.
    mutating func add(_ wanted: [String], _ patterns: ModulePatterns) {
        let exact = Set(wanted.filter { !Self.isGlob($0) })
        let globs = wanted.filter(Self.isGlob)
        if exact.isEmpty, globs.isEmpty, patterns.isEmpty { return }
        for path in ModuleSelection.files(below: directory) {
            let plain = ModuleSelection.withoutCompression(path)
            let isChosen =
                patterns.includes(plain) ?? (exact.contains(plain) || globs.contains { Glob.matches(plain, $0) })
            if isChosen { include(path) }
        }
        // Below a link to a directory there are files that the walk has not seen.
        for path in exact where patterns.includes(path) != false {
            for file in [path] + ModuleSelection.compressions.map({ path + $0 }) {
                if case .file = follow(file).end { include(file) }
            }
        }
    }

    private static func isGlob(_ path: String) -> Bool { path.contains { "*?[".contains($0) } }

    /// Adds a path with the links on its way: a link to a directory with all files of that, one to nothing by itself.
    private mutating func include(_ path: String) {
        var queue = [path]
        while let path = queue.popLast() {
            let way = follow(path)
            paths.formUnion(way.links)
            switch way.end {
            case .file(let file): paths.insert(file)
            case .directory(let end):
                guard !way.links.isEmpty, wholeDirectories.insert(end).inserted else { continue }
                for file in ModuleSelection.files(below: "\(directory)/\(end)") {
                    let inner = end.isEmpty ? file : "\(end)/\(file)"
                    if !paths.contains(inner) { queue.append(inner) }
                }
            case .nothing: break
            }
        }
    }

    // MARK: - Links

    private enum End {
        case file(String)
        case directory(String)
        /// A path that does not exist, is outside of the directory, or is no file.
        case nothing
    }

    /// As many as the kernel follows (path_resolution(7)).
    private static let linkLimit = 40

    /// Follows a path to its end, through links above it as well.
    private func follow(_ path: String) -> (links: [String], end: End) {
        var rest = Self.reversedComponents(path)
        var place: [String] = []
        var links: [String] = []
        while let component = rest.popLast() {
            if component == "." { continue }
            if component == ".." {
                if place.popLast() == nil { return (links, .nothing) }
                continue
            }
            place.append(component)
            let current = place.joined(separator: "/")
            switch Files.kind(of: "\(directory)/\(current)") {
            case .some(S_IFDIR): continue
            case .some(S_IFREG): return (links, rest.isEmpty ? .file(current) : .nothing)
            case .some(S_IFLNK):
                links.append(current)
                guard links.count <= Self.linkLimit, let target = linkTarget(current) else { return (links, .nothing) }
                place.removeLast()
                rest += Self.reversedComponents(target)
            default: return (links, .nothing)
            }
        }
        return (links, .directory(place.joined(separator: "/")))
    }

    /// The last one first.
    private static func reversedComponents(_ path: String) -> [String] {
        Paths.components(path).map(String.init).reversed()
    }

    /// The text of a link; nil for one that is absolute, which leads out of the directory.
    private func linkTarget(_ path: String) -> String? {
        var buffer = [CChar](repeating: 0, count: Int(PATH_MAX))
        let count = readlink("\(directory)/\(path)", &buffer, buffer.count)
        guard count > 0 else { return nil }
        let text = String(decoding: buffer[..<count].map { UInt8(bitPattern: $0) }, as: UTF8.self)
        return Paths.isAbsolute(text) ? nil : text
    }
}
