import Configuration
import JSON
import PluginWire
import Support
import System

/// The list of what is in an image, as `ManifestFormat=json` asks for it.
enum ManifestFile {
    private struct Content: Encodable {
        var manifestVersion = 1
        var config: [String: String]
        var packages: [Entry]
        /// The measurements of a TPM; nil if they are not known.
        var measurements: [JSON]?

        private enum CodingKeys: String, CodingKey {
            case manifestVersion = "manifest_version"
            case config
            case packages
            case measurements
        }
    }

    private struct Entry: Encodable {
        var type: String
        var name: String
        var version: String
        var architecture: String
        var size: Int?
        /// The source package, where the package manager records it.
        var source: String?
        var license: String?
        var requested: Bool?

        init(_ package: ABI.V1.InstalledPackage, type: String) {
            self.type = type
            name = package.name
            version = package.version
            architecture = package.architecture
            size = package.size
            source = package.source
            license = package.license
            requested = package.requested
        }
    }

    /// Writes the manifest to the staging directory and returns it as an output; nothing unless it is configured.
    static func write(
        _ packages: [ABI.V1.InstalledPackage],
        measurements: [JSON],
        for image: OutputImage,
        to staging: String
    ) throws(Failure) -> [ABI.V1.Output] {
        guard image.manifestFormat.contains("json") else { return [] }
        var config = ["architecture": image.localArchitecture ?? image.architecture, "release": image.release]
        config["distribution"] = image.distribution
        config["name"] = image.imageID ?? image.output
        config["version"] = image.imageVersion
        let type = image.packageFormat ?? "package"
        let content = Content(
            config: config,
            packages: packages.map { Entry($0, type: type) },
            measurements: measurements.isEmpty ? nil : measurements
        )
        let name = "\(image.output).manifest"
        do {
            let text = try JSONText.encodePretty(content)
            try Files.write(text + [UInt8(ascii: "\n")], to: Paths.join(staging, name))
        } catch {
            throw Failure(.system, "Cannot write \(name)", cause: error)
        }
        return [ABI.V1.Output(name: name, role: "manifest")]
    }
}
