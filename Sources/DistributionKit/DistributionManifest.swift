public import JSON
public import PluginKit
public import PluginWire

/// The members of a plugin's manifest on a distribution that only the plugin itself reads.
///
/// The host ignores members that it does not know, so a plugin may define some for those who reuse it.
public enum DistributionManifest {
    /// A member of the distribution's object in `plugin.json`; nil if it is missing.
    ///
    /// - Parameters:
    ///   - name: The member's name.
    ///   - host: Names the directory of the manifest.
    ///   - context: Names the distribution.
    /// - Returns: The member's value.
    /// - Throws: If the manifest cannot be read.
    public static func member(_ name: String, host: Host, context: ABI.V1.Context) throws -> JSON? {
        let path = host.pluginDirectory + "/plugin.json"
        guard let bytes = SystemFile.read(path) else { throw SystemFile.failure("read", path) }
        let manifest = try JSONText.decode(JSON.self, from: bytes)
        let all = manifest["provides"]?["distributions"]?.array ?? []
        return all.first { $0["name"]?.string == context.distribution }?[name]
    }
}
