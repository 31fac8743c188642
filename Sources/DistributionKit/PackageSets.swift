import JSON
public import PluginKit
public import PluginWire

/// The sets of packages that a distribution's manifest lists.
public enum PackageSets {
    /// Reads the packages of a set from the manifest of the plugin, which may be another than that of its code.
    ///
    /// - Parameters:
    ///   - name: The name of the set, such as `base`.
    ///   - host: Names the directory of the manifest.
    ///   - context: Names the distribution.
    /// - Returns: The packages, in the distribution's own words.
    /// - Throws: `notFound` if the manifest has no such set.
    public static func packages(of name: String, host: Host, context: ABI.V1.Context) throws -> [String] {
        let path = host.pluginDirectory + "/plugin.json"
        guard let bytes = SystemFile.read(path) else { throw SystemFile.failure("read", path) }
        let manifest = try JSONText.decode(Manifest.self, from: bytes)
        let description = manifest.provides.distributions?.first { $0.name == context.distribution }
        guard let packages = description?.packageSets?[name] else {
            throw ErrorObject(
                code: .notFound,
                message: "\(context.distribution) has no package set \(name)",
                subject: name
            )
        }
        return packages
    }
}
