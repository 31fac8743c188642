import PluginWire
import Support

/// The programs that plugins need on the host, looked for before anything takes time.
enum RequiredTools {
    /// Where programs are looked for in the sandbox.
    static let path = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"

    /// Looks for all of them.
    ///
    /// - Parameters:
    ///   - tools: What the plugin runs.
    ///   - plugin: The plugin's name.
    ///   - provider: The distribution of the programs; nil: it is not known to any installed plugin.
    /// - Throws: one sentence with all that are missing, and how their packages are installed.
    static func check(
        _ tools: [ABI.V1.Tool],
        of plugin: String,
        provider: ABI.V1.DistributionDescription?
    ) throws(Failure) {
        let missing = tools.filter { tool in
            ([tool.name] + (tool.alternatives ?? [])).allSatisfy { Paths.findProgram($0, path: path) == nil }
        }
        if missing.isEmpty { return }
        let names = missing.map(\.name).joined(separator: ", ")
        throw Failure(
            .missing,
            "Plugin \(plugin) needs \(names), which \(missing.count == 1 ? "is" : "are") not installed",
            hint: hint(missing, provider) ?? "Looked in \(path)"
        )
    }

    /// How the packages are installed that have the programs; nil where the distribution names none of them.
    private static func hint(_ tools: [ABI.V1.Tool], _ provider: ABI.V1.DistributionDescription?) -> String? {
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
