import ByteKeys
import Glibc
import LayerStore
import PluginHost
import Support
import System
import Tools

/// The directory of one release's package metadata, which the projects of a user share.
///
/// Whoever writes there decides what other projects install. A project can bring code that runs while packages are
/// chosen: hooks in the package manager's configuration, libraries, a tools tree, a plugin, variables that make programs
/// load something. It can also name a proxy, which answers in the place of a mirror. Where it does, its metadata has a
/// directory of its own, whose name has a digest of all that: only the same code ever finds it again.
enum MetadataDirectory {
    /// More directories of one release than this are kept only as long as they are new.
    private static let limit = 8
    /// The age, in seconds, from which a directory that is over the limit is removed: no build that uses it still runs.
    private static let age = 24 * 3600
    private static let digestLength = 32

    /// Makes the directory if it is missing, and removes those that were not used for long.
    ///
    /// `name` is that of the distribution, release and architecture, `parent` the directory of all metadata, and `code`
    /// what the project brings, as the function of this name states it; nil for nothing.
    static func make(
        _ name: FileName,
        in parent: String,
        for code: LayerKey?,
        installation: Installation
    ) throws(Failure) -> String {
        let shared = name.path(in: parent)
        let path = code.map { "\(shared)~\($0.text.prefix(digestLength))" } ?? shared
        do throws(Failure) {
            try PrivateDirectory.make(path, access: .shared)
        } catch {
            throw Failure(
                .system,
                "Cannot create the directory for package metadata",
                hint: "Choose another directory with PackageCacheDirectory=",
                cause: error
            )
        }
        if code != nil {
            utimensat(AT_FDCWD, path, nil, 0)
            try removeOld(beginning: "\(name.text)~", in: parent, installation)
        }
        return path
    }

    /// Returns a digest of the code that a project brings to the choice of packages; nil if there is none.
    ///
    /// `sandboxTree` is the build's own copy of `SandboxTrees=`, which does not change any more; nil for none. Tools other
    /// than the host's are known by their place and the time of their last change: to read all of them would take
    /// seconds. `proxy` is what `ProxyUrl=` and `ProxyExclude=` say.
    static func code(
        plugin: InstalledPlugin,
        sandboxTree: String?,
        tools: Tools,
        variables: ByteDictionary<String> = [:],
        proxy: [String] = [],
        installation: Installation
    ) throws(Failure) -> LayerKey? {
        var inputs = LayerInputs()
        if !proxy.isEmpty { inputs.add("proxy", proxy) }
        if !variables.isEmpty { inputs.add("variables", variables.sorted().map { "\($0.key)=\($0.value)" }) }
        var measures: [TreeSeal.Measure] = []
        if !plugin.isPart(of: installation) {
            measures += plugin.directories.map { TreeSeal.Measure(Paths.resolved($0) ?? $0, as: .program) }
        }
        if let sandboxTree { measures.append(TreeSeal.Measure(sandboxTree, as: .program)) }
        if !measures.isEmpty {
            let found = try LayerSealing(installation: installation).run(TreeSeal(measures: measures))
            inputs.add("code", found.map(\.digest))
        }
        if !tools.isHost, let status = FileStatus(at: tools.root) {
            let change = "\(status.changed.seconds).\(status.changed.nanoseconds)"
            inputs.add("tools", [tools.root, "\(status.device) \(status.inode) \(change)"])
        }
        return inputs.values.isEmpty ? nil : inputs.key
    }

    private static func removeOld(
        beginning prefix: String,
        in parent: String,
        _ installation: Installation
    ) throws(Failure) {
        let names = ((try? Files.list(parent)) ?? []).filter { name in
            guard name.utf8.starts(with: prefix.utf8) else { return false }
            let rest = name.utf8.dropFirst(prefix.utf8.count)
            return rest.count == digestLength && rest.allSatisfy(Self.isHexadecimal)
        }
        if names.count <= limit { return }
        let oldest = Int(time(nil)) - age
        let dated = names.compactMap { name -> (path: String, used: Int)? in
            let path = Paths.join(parent, name)
            return FileStatus(at: path).map { (path, $0.modified.seconds) }
        }
        for entry in dated.sorted(by: { $0.used < $1.used }).dropLast(limit) where entry.used < oldest {
            try TreeDisposal.remove(entry.path, installation: installation)
            MetadataAge(directory: entry.path).forget()
        }
    }

    private static func isHexadecimal(_ byte: UInt8) -> Bool {
        UInt8(ascii: "0")...UInt8(ascii: "9") ~= byte || UInt8(ascii: "a")...UInt8(ascii: "f") ~= byte
    }
}
