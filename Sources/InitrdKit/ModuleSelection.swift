public import BootKit
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
    /// Paths of the modules that are not chosen, links among them, relative to the kernel's directory, sorted.
    public private(set) var others: [String] = []

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
        firmwarePatterns: ModulePatterns = ModulePatterns()
    ) throws(BootError) {
        // Links among modules lead to other kernels, and those of this one are found where they are.
        let names = Self.files(below: directory).filter { Self.moduleName($0) != nil }
        let paths = names.filter { Files.isPlainFile("\(directory)/\($0)") }
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
        let links = Set(names).subtracting(paths).filter { patterns.includes(Self.stem($0), prefix: "kernel") == true }
        others = Set(names).subtracting(chosen).subtracting(links).sorted()
        var selection = FirmwareSelection(firmwareDirectory)
        selection.add(wanted, firmwarePatterns)
        firmware = selection.paths.sorted()
    }

    // MARK: - Names

    static let compressions = [".xz", ".zst", ".gz"]

    static func withoutCompression(_ path: String) -> String {
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
        guard path.hasSuffix(".ko"), let name = Paths.components(String(path.dropLast(3))).last else { return nil }
        return plain(String(name))
    }

    private static func plain(_ name: String) -> String { String(name.map { $0 == "-" ? "_" : $0 }) }

    /// Files and links below a directory, relative to it; links are not followed.
    static func files(below directory: String) -> [String] {
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
