import CFiles
import Glibc
public import PluginWire
import System

/// The list of the packages of a tree that were installed because others needed them, in the form of one package manager.
///
/// Paths are those of the tree, which is the root directory now.
public enum InstallReasons: String, Codable, Sendable {
    /// `packages.toml` of dnf5's system state.
    case libdnf5
    /// `AutoInstalled` of libzypp.
    case zypp

    public var path: String {
        switch self {
        case .libdnf5: "/usr/lib/sysimage/libdnf5/packages.toml"
        case .zypp: "/var/lib/zypp/AutoInstalled"
        }
    }

    /// Names of packages that were installed as dependencies.
    public func read() -> Set<String> {
        let lines = (SystemFile.text(path) ?? "").split(separator: "\n")
        switch self {
        case .libdnf5: return Set(lines.compactMap(Self.tomlEntry).filter(\.isDependency).map(\.name))
        case .zypp: return Set(lines.filter { !$0.hasPrefix("#") }.map(String.init))
        }
    }

    /// The recorded reasons and groups of packages.
    struct Known {
        fileprivate var dependencies: Set<String>
        /// Nil if the rest was requested.
        fileprivate var requested: Set<String>?

        /// Returns nil for a package that is not recorded.
        func isRequested(_ name: String) -> Bool? {
            if dependencies.contains(name) { return false }
            return requested?.contains(name) ?? true ? true : nil
        }
    }

    /// Reads what is recorded; nil if nothing ever was.
    func known() -> Known? {
        guard let text = SystemFile.text(path) else { return nil }
        switch self {
        case .libdnf5:
            let entries = text.split(separator: "\n").compactMap(Self.tomlEntry)
            let groups = Dictionary(grouping: entries, by: \.isDependency).mapValues { Set($0.map(\.name)) }
            return Known(dependencies: groups[true] ?? [], requested: groups[false] ?? [])
        case .zypp: return Known(dependencies: read())
        }
    }

    /// Adds packages, and forgets those that are not installed any more.
    ///
    /// `packages` are all that are installed, `dependencies` those that were installed now because others needed them,
    /// and `requested` those that the user asked for now.
    public func update(
        installed packages: [RPMIdentity],
        dependencies: Set<String>,
        requested: Set<String>
    ) throws(ErrorObject) {
        let automatic = read().subtracting(requested).union(dependencies)
        let text: String
        switch self {
        case .libdnf5:
            let lines = packages.map { package in
                let reason = automatic.contains(package.name) ? "Dependency" : "User"
                return "\"\(package.name).\(package.architecture)\" = {reason = \"\(reason)\"}\n"
            }
            text = "version = \"1.0\"\n\n[packages]\n" + Set(lines).sorted().joined()
        case .zypp:
            text = Set(packages.map(\.name)).intersection(automatic).sorted().map { $0 + "\n" }.joined()
        }
        let parent = Paths.parent(path) ?? path
        try SystemFile.makeDirectories(parent)
        try SystemFile.write(path, Array(text.utf8))
    }

    /// `"NAME.ARCHITECTURE" = {reason = "Dependency"}`.
    private static func tomlEntry(_ line: Substring) -> (name: String, isDependency: Bool)? {
        guard line.hasPrefix("\""), let end = line.dropFirst().firstIndex(of: "\"") else { return nil }
        let key = line[line.index(after: line.startIndex)..<end]
        guard let dot = key.lastIndex(of: ".") else { return nil }
        let value = line[end...]
        let isDependency = value.contains("\"Dependency\"") || value.contains("\"Weak Dependency\"")
        return (String(key[..<dot]), isDependency)
    }
}
