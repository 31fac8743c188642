import Foundation
import PluginWire
import Support

@testable import Configuration

/// A project in a temporary directory, on a made-up machine with made-up plugins.
final class Project {
    let directory: String
    var host: HostFacts
    var catalogue: PluginCatalogue

    init(_ files: [String: String] = [:]) throws {
        let base = FileManager.default.temporaryDirectory.resolvingSymlinksInPath().path
        directory = "\(base)/configuration-\(UUID().uuidString)"
        try FileManager.default.createDirectory(atPath: directory, withIntermediateDirectories: true)
        catalogue = PluginCatalogue(manifests: [Project.manifest])
        host = HostFacts(
            osRelease: OSRelease(id: "acme", version: "7", codename: "anvil"),
            architecture: "x86-64",
            environment: ["HOME": "/home/me", "GREETING": "hello world"],
            currentDirectory: directory,
            randomUUID: "11111111-2222-4333-8444-555555555555",
            readOutput: { program in
                let process = Process()
                let pipe = Foundation.Pipe()
                process.executableURL = URL(fileURLWithPath: program)
                process.standardOutput = pipe
                try process.run()
                return String(decoding: pipe.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
            },
            systemdVersion: { "257.3" }
        )
        for (name, text) in files { try write(name, text) }
    }

    deinit { try? FileManager.default.removeItem(atPath: directory) }

    /// Writes a file; a name that ends with a slash makes a directory.
    func write(_ name: String, _ text: String = "", mode: Int = 0o644) throws {
        let path = "\(directory)/\(name)"
        if name.hasSuffix("/") {
            try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
            return
        }
        let parent = (path as NSString).deletingLastPathComponent
        try FileManager.default.createDirectory(atPath: parent, withIntermediateDirectories: true)
        try text.write(toFile: path, atomically: true, encoding: .utf8)
        try FileManager.default.setAttributes([.posixPermissions: mode], ofItemAtPath: path)
    }

    /// Reads the project with settings of the command line, each as name and text.
    func loadAll(_ options: [(String, String)] = []) throws -> LoadedConfiguration {
        let registry = Registry(catalogue: catalogue)
        let values = options.map { name, text in
            ConfigurationRequest.OptionValue(
                option: registry.setting(named: name)?.option ?? name,
                setting: name,
                text: text
            )
        }
        return try ConfigurationRequest(directory: directory, options: values)
            .load(registry: registry, catalogue: catalogue, host: host)
    }

    func load(_ options: (String, String)...) throws -> ImageConfiguration {
        try loadAll(options).images[0]
    }

    /// The failure that reading gives, or nil.
    func failure(_ options: (String, String)...) -> Failure? {
        do {
            _ = try loadAll(options)
            return nil
        } catch {
            return error as? Failure
        }
    }

    static let manifest: Manifest = {
        var acme = ABI.V1.DistributionDescription(name: "acme", architectures: ["x86-64": "amd64", "arm64": "arm64"])
        acme.aliases = ["acme-linux"]
        acme.osRelease = ["acme"]
        acme.releases = [ABI.V1.Release(name: "hammer", aliases: ["8"]), ABI.V1.Release(name: "anvil", aliases: ["7"])]
        acme.defaultRelease = "hammer"
        acme.fileSystem = "xfs"
        var umbra = ABI.V1.DistributionDescription(name: "umbra", architectures: ["x86-64": "x86_64"])
        umbra.osRelease = ["umbra"]
        umbra.releases = [ABI.V1.Release(name: "40")]
        umbra.anyRelease = false
        var own = ABI.V1.DistributionDescription(name: "homemade", architectures: [:])
        own.custom = true
        own.osRelease = []
        var box = ABI.V1.FormatDescription(name: "box")
        box.fileExtension = ".box"
        box.compression = "zstd"
        box.aliases = ["crate"]
        var plain = ABI.V1.FormatDescription(name: "plain")
        plain.compression = "none"
        plain.preference = 5
        var manifest = Manifest(
            manifest: 1,
            name: "acme-plugin",
            version: "1",
            summary: "Made up",
            protocol: VersionRange(min: 1, max: 1),
            interface: VersionRange(min: 1, max: 1),
            start: Manifest.Start(executable: ["run"]),
            provides: ABI.V1.Description(distributions: [acme, umbra, own], formats: [box, plain])
        )
        var mode = Manifest.Setting(name: "AcmeMode", section: "Content", type: "choice", help: "How acme works")
        mode.choices = ["fast", "slow"]
        mode.default = "slow"
        manifest.settings = [mode]
        return manifest
    }()
}
