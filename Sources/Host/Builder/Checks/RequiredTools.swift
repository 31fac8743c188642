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
    ///   - provider: The packages of the distribution of the programs.
    /// - Throws: one sentence with all that are missing, and how their packages are installed.
    static func check(
        _ programs: [ABI.V1.Tool],
        of plugin: String,
        in tools: Tools,
        provider: ProgramPackages
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

    /// Returns a hint at the packages that have the programs, or on the host at a tree that has them.
    private static func hint(
        _ missing: [ABI.V1.Tool],
        in tools: Tools,
        _ provider: ProgramPackages
    ) -> String {
        let packages = provider.installation(of: missing.map { [$0.name] + ($0.alternatives ?? []) })
        if !tools.isHost { return packages ?? "Looked in \(tools.searchPath) of \(tools.root)" }
        let them = missing.count == 1 ? "it" : "them"
        if let packages { return "\(packages), or set ToolsTree= to a tree that has \(them)" }
        let name = provider.distribution ?? "the host's distribution"
        return
            "No package of \(name) is known to have \(them): set ToolsTree= to a tree that "
            + "does; looked in \(tools.searchPath)"
    }
}
