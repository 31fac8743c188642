import JSON
public import PluginWire
public import Support
import System

/// Reads and validates `plugin.json`, without starting or loading anything.
public enum ManifestReader {
    public static let fileName = "plugin.json"

    /// The largest manifest that is read.
    private static let sizeLimit = 1 << 20

    /// Reads the manifest in a directory.
    ///
    /// - Parameters:
    ///   - directory: The directory of the plugin.
    ///   - rules: What the manifest may name of the host.
    /// - Returns: a manifest whose files of configuration exist.
    /// - Throws: a failure that names the file and the member that is wrong.
    public static func read(
        in directory: String,
        rules: ManifestRules = ManifestRules()
    ) throws(Failure) -> Manifest {
        let path = Paths.join(directory, fileName)
        do throws(ManifestError) {
            let manifest = try parse(bytes(of: path))
            try checkFiles(of: manifest, in: directory)
            for (index, setting) in (manifest.settings ?? []).enumerated() {
                try rules.check((setting.name, setting.section), at: "settings[\(index)]")
            }
            return manifest
        } catch {
            let what = error.member.isEmpty ? "it" : "\"\(error.member)\""
            throw Failure(
                .plugin,
                "\(path) is not a valid plugin manifest: \(what) \(error.reason)",
                hint: "PROTOCOL.md describes the members, and editors can check them with plugin.schema.json"
            )
        }
    }

    /// Throws unless the files that configurations may ask for are there: those of `Include=`, and lists of modules.
    private static func checkFiles(of manifest: Manifest, in directory: String) throws(ManifestError) {
        var files: [(member: String, path: String)] = []
        for (index, include) in (manifest.provides.includes ?? []).enumerated() {
            files.append(("includes[\(index)].path", include.path))
        }
        for (index, artifact) in (manifest.provides.artifacts ?? []).enumerated() {
            if let list = artifact.moduleList { files.append(("artifacts[\(index)].moduleList", list)) }
        }
        for file in files where !Files.exists(Paths.join(directory, file.path)) {
            throw ManifestError(
                member: "provides.\(file.member)",
                reason: "is \"\(file.path)\", which does not exist"
            )
        }
    }

    /// Reads a manifest's text.
    static func parse(_ text: some Collection<UInt8>) throws(ManifestError) -> Manifest {
        let value: JSON
        do throws(JSON.ParseError) {
            value = try JSON.parse(text)
        } catch {
            let line = text.prefix(error.offset).reduce(1) { $1 == UInt8(ascii: "\n") ? $0 + 1 : $0 }
            throw ManifestError(member: "", reason: "is not JSON: \(error.reason) (line \(line))")
        }
        return try Manifest(validating: value)
    }

    private static func bytes(of path: String) throws(ManifestError) -> [UInt8] {
        let bytes: [UInt8]
        do throws(SystemCallError) {
            bytes = try Files.read(path)
        } catch {
            throw ManifestError(member: "", reason: "cannot be read (\(error))")
        }
        guard bytes.count <= sizeLimit else {
            throw ManifestError(member: "", reason: "is larger than \(sizeLimit) bytes")
        }
        return bytes
    }
}
