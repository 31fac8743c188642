import PluginWire
import Support

/// The programs that plugins need on the host, looked for before anything takes time.
enum RequiredTools {
    /// Where programs are looked for in the sandbox.
    static let path = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"

    /// Throws for all that are missing, with the packages of the host's distribution that have them.
    static func check(_ tools: [ABI.V1.Tool], of plugin: String, host: String) throws(Failure) {
        let missing = tools.filter { tool in
            ([tool.name] + (tool.alternatives ?? [])).allSatisfy { Paths.findProgram($0, path: path) == nil }
        }
        if missing.isEmpty { return }
        let names = missing.map(\.name).joined(separator: ", ")
        let packages = Set(missing.compactMap { $0.packages?[host] ?? $0.packages?["*"] }).sorted()
        throw Failure(
            .missing,
            "Plugin \(plugin) needs \(names), which \(missing.count == 1 ? "is" : "are") not installed",
            hint: packages.isEmpty
                ? "Looked in \(path)"
                : "Install \(packages.count == 1 ? "the package" : "the packages") \(packages.joined(separator: ", "))"
        )
    }
}
