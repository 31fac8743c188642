internal import Glibc
internal import System

/// The modules of a kernel that patterns choose, with all that those need.
///
/// Everything is read from the modules themselves: no list of depmod(8) has to exist.
public struct ModuleSelection: Sendable {
    /// Paths of the modules, relative to the kernel's directory, sorted.
    public private(set) var modules: [String] = []
    /// Paths of firmware, relative to the directory of firmware, sorted; links are among them.
    public private(set) var firmware: [String] = []

    /// - Parameters:
    ///   - directory: The kernel's directory of modules.
    ///   - firmwareDirectory: Where firmware is.
    ///   - patterns: Which modules are chosen.
    ///   - firmwarePatterns: Which firmware is chosen besides that of the modules.
    /// - Throws: an error that names a module which cannot be read.
    public init(
        in directory: String,
        firmware firmwareDirectory: String,
        patterns: ModulePatterns,
        firmwarePatterns: ModulePatterns = ModulePatterns([])
    ) throws(BootError) {
        let paths = Self.files(below: directory).filter { Self.moduleName($0) != nil }
        var byName: [String: String] = [:]
        // What a newer build has put into `updates` comes before the kernel's own, as with depmod(8).
        for path in paths.sorted() {
            guard let name = Self.moduleName(path) else { continue }
            if byName[name] == nil || path.hasPrefix("updates/") { byName[name] = path }
        }
        var chosen: Set<String> = []
        var queue = paths.filter { patterns.includes(Self.stem($0), prefix: "kernel") == true }
        var wanted: [String] = []
        while let path = queue.popLast() {
            guard chosen.insert(path).inserted else { continue }
            let information = try ModuleInformation(path: "\(directory)/\(path)")
            for name in information.dependencies + information.softDependencies {
                if let other = byName[Self.plain(name)], !chosen.contains(other) { queue.append(other) }
            }
            wanted += information.firmware
        }
        modules = chosen.sorted()
        firmware = Self.firmware(wanted, firmwarePatterns, in: firmwareDirectory)
    }

    // MARK: - Firmware

    private static func firmware(_ wanted: [String], _ patterns: ModulePatterns, in directory: String) -> [String] {
        var found: Set<String> = []
        let exact = Set(wanted.filter { !$0.contains { "*?[".contains($0) } })
        let globs = wanted.filter { $0.contains { "*?[".contains($0) } }
        if exact.isEmpty, globs.isEmpty, patterns.isEmpty { return [] }
        for path in files(below: directory) {
            let plain = withoutCompression(path)
            let isChosen =
                patterns.includes(plain) ?? (exact.contains(plain) || globs.contains { Glob.matches(plain, $0) })
            guard isChosen else { continue }
            found.insert(path)
            // What a link leads to is needed as well.
            var target = path
            for _ in 0..<8 {
                guard let next = linkTarget(target, in: directory), found.insert(next).inserted else { break }
                target = next
            }
        }
        return found.sorted()
    }

    /// The file of the same directory that a link leads to; nil for others.
    private static func linkTarget(_ path: String, in directory: String) -> String? {
        var buffer = [CChar](repeating: 0, count: Int(PATH_MAX))
        let count = readlink("\(directory)/\(path)", &buffer, buffer.count)
        guard count > 0 else { return nil }
        let text = String(decoding: buffer[..<count].map { UInt8(bitPattern: $0) }, as: UTF8.self)
        guard !text.hasPrefix("/") else { return nil }
        var components = path.split(separator: "/").dropLast().map(String.init)
        for component in text.split(separator: "/").map(String.init) where component != "." {
            if component == ".." {
                if components.popLast() == nil { return nil }
            } else {
                components.append(component)
            }
        }
        return components.joined(separator: "/")
    }

    // MARK: - Names

    private static let compressions = [".xz", ".zst", ".gz"]

    private static func withoutCompression(_ path: String) -> String {
        compressions.first { path.hasSuffix($0) }.map { String(path.dropLast($0.count)) } ?? path
    }

    /// The path without its suffixes.
    private static func stem(_ path: String) -> String {
        let path = withoutCompression(path)
        return path.hasSuffix(".ko") ? String(path.dropLast(3)) : path
    }

    /// The name by which others know a module; nil for other files.
    private static func moduleName(_ path: String) -> String? {
        let path = withoutCompression(path)
        guard path.hasSuffix(".ko"), let name = path.dropLast(3).split(separator: "/").last else { return nil }
        return plain(String(name))
    }

    private static func plain(_ name: String) -> String { String(name.map { $0 == "-" ? "_" : $0 }) }

    /// Files and links below a directory, relative to it; links are not followed.
    private static func files(below directory: String) -> [String] {
        var files: [String] = []
        var queue = [""]
        while let prefix = queue.popLast() {
            guard let names = try? DirectoryReader.names(at: BytePath("\(directory)/\(prefix)")) else { continue }
            for name in names.map(\.string) {
                let path = prefix.isEmpty ? name : "\(prefix)/\(name)"
                switch Files.kind(of: "\(directory)/\(path)") {
                case .some(S_IFDIR): queue.append(path)
                case .some(S_IFREG), .some(S_IFLNK): files.append(path)
                default: break
                }
            }
        }
        return files
    }
}
