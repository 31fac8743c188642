import PluginWire
import Support
import Tools

/// The programs that plugins need on the host, looked for before anything takes time.
enum RequiredTools {
    /// Looks for all of them.
    ///
    /// - Parameters:
    ///   - programs: What the plugin runs.
    ///   - plugin: The plugin's name.
    ///   - tools: Where they have to be.
    ///   - provider: The distribution of the programs; nil: it is not known to any installed plugin.
    /// - Throws: one sentence with all that are missing, and how their packages are installed.
    static func check(
        _ programs: [ABI.V1.Tool],
        of plugin: String,
        in tools: Tools,
        provider: ABI.V1.DistributionDescription?
    ) throws(Failure) {
        let missing = programs.filter { tool in
            ([tool.name] + (tool.alternatives ?? [])).allSatisfy { tools.find($0) == nil }
        }
        if missing.isEmpty { return }
        let names = missing.map(\.name).joined(separator: ", ")
        throw Failure(
            .missing,
            "Plugin \(plugin) needs \(names), which \(missing.count == 1 ? "is" : "are") not installed",
            hint: hint(missing, in: tools, provider)
        )
    }

    /// How the programs are brought: with the packages that have them, or on the host with a tree that has them.
    private static func hint(
        _ missing: [ABI.V1.Tool],
        in tools: Tools,
        _ provider: ABI.V1.DistributionDescription?
    ) -> String {
        let packages = packages(missing, provider)
        if !tools.isHost { return packages ?? "Looked in \(Tools.searchPath) of \(tools.root)" }
        if let packages { return "\(packages), or set ToolsTree= to a tree that has \(missing.count == 1 ? "it" : "them")" }
        let name = provider.map { $0.title ?? $0.name } ?? "the host's distribution"
        return
            "No package of \(name) is known to have \(missing.count == 1 ? "it" : "them"): set ToolsTree= to a tree that "
            + "does; looked in \(Tools.searchPath)"
    }

    /// How the packages are installed that have the programs; nil where the distribution names none of them.
    private static func packages(_ tools: [ABI.V1.Tool], _ provider: ABI.V1.DistributionDescription?) -> String? {
        let known = provider?.toolPackages ?? [:]
        let packages = Set(
            tools.compactMap { tool in
                ([tool.name] + (tool.alternatives ?? [])).lazy.compactMap { known[$0] }.first
            }
        ).sorted()
        if packages.isEmpty { return nil }
        if let command = provider?.installCommand { return "\(command) \(packages.joined(separator: " "))" }
        return "Install \(packages.count == 1 ? "the package" : "the packages") \(packages.joined(separator: ", "))"
    }
}
