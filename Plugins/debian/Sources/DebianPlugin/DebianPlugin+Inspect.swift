import JSON
public import PluginKit
public import PluginWire
import System

extension DebianPlugin {
    /// The directories of data that only dpkg and apt need.
    static let metadata = [
        "/var/lib/dpkg", "/var/lib/apt", "/var/cache/apt", "/var/cache/debconf", "/var/log/apt", "/var/log/dpkg.log",
    ]

    /// Reads the database of the tree, with a tool: its files may belong to users whom only the sandbox knows.
    public func inspect(_ request: ABI.V1.Inspect, host: Host) throws -> ABI.V1.Inspected {
        let ran = try host.runTool(
            "inspect",
            InspectPlan(root: request.root, licenses: request.licenses == true),
            label: "inspect",
            capture: true
        )
        let packages = try JSONText.decode([ABI.V1.InstalledPackage].self, from: Array((ran.output ?? "").utf8))
        return ABI.V1.Inspected(packages: packages, metadata: Self.metadata)
    }

    /// The installed packages that a status file lists.
    static func installed(_ status: [UInt8]) -> [ABI.V1.InstalledPackage] {
        let packages = ControlFile.stanzas(status).compactMap { stanza -> ABI.V1.InstalledPackage? in
            guard stanza.words("Status").last == "installed", let name = stanza["Package"],
                let version = stanza["Version"], let architecture = stanza["Architecture"]
            else {
                return nil
            }
            var package = ABI.V1.InstalledPackage(name: name, version: version, architecture: architecture)
            // dpkg uses kibibytes.
            package.size = stanza["Installed-Size"].flatMap { Int($0) }.map { $0 << 10 }
            // `Source: NAME (VERSION)`; where it is the package's own, the field is left out.
            let source = stanza["Source"] ?? name
            package.source = Text.words(source).first ?? name
            package.sourceVersion = Text.between("(", ")", in: source) ?? version
            return package
        }
        return packages.sorted { ($0.name, $0.architecture) < ($1.name, $1.architecture) }
    }
}
