import Foundation
import JSON
import PluginWire
import Support
import System
import TestSupport
import Testing

@testable import Configuration

/// A project in a temporary directory, on a made-up machine with made-up plugins.
final class Project {
    let directory: String
    var host: HostFacts
    var catalogue: PluginFacts
    private var plugins: [PluginFacts.Plugin]
    private let temporary: TemporaryDirectory
    /// Read once: the manifests of all boot loaders are the larger part of a small test's time.
    private static let manifests = Result {
        try [JSONText.decode(Manifest.self, from: manifestText.utf8)] + BootloaderManifests.read()
    }

    init(_ files: [String: String] = [:]) throws {
        temporary = try TemporaryDirectory.inMemory()
        directory = temporary.path
        plugins = try Project.manifests.get().map { PluginFacts.Plugin(manifest: $0, directory: nil) }
        catalogue = PluginFacts(plugins: plugins)
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

    /// Writes a file; a name that ends with a slash makes a directory.
    func write(_ name: String, _ text: String = "", mode: Int = 0o644) throws {
        let path = "\(directory)/\(name)"
        if name.hasSuffix("/") {
            try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
            return
        }
        let parent = (path as NSString).deletingLastPathComponent
        try FileManager.default.createDirectory(atPath: parent, withIntermediateDirectories: true)
        try text.write(toFile: path, atomically: false, encoding: .utf8)
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

    /// The configuration without any files.
    func loadPlain() throws -> ImageConfiguration {
        try ConfigurationRequest(directory: nil)
            .load(registry: Registry(catalogue: catalogue), catalogue: catalogue, host: host).images[0]
    }

    /// The main image.
    func load(_ options: (String, String)...) throws -> ImageConfiguration {
        try main(of: loadAll(options))
    }

    func main(of loaded: LoadedConfiguration) throws -> ImageConfiguration {
        try #require(loaded.images.last)
    }

    /// The image of this name.
    func load(image: String, _ options: (String, String)...) throws -> ImageConfiguration {
        try #require(try loadAll(options).image(named: image))
    }

    /// Adds a plugin whose directory is this one of the project, with a configuration of this name in a directory so called.
    func addPlugin(_ name: String, including names: String...) throws {
        let includes = names.map { "{\"name\": \"\($0)\", \"path\": \"\($0)\"}" }.joined(separator: ",")
        let text = """
            {"manifest": 1, "name": "\(name)", "version": "1", "summary": "Made up",
             "protocol": {"min": 1, "max": 1}, "interface": {"min": 1, "max": 1},
             "provides": {"includes": [\(includes)]}}
            """
        let manifest = try JSONText.decode(Manifest.self, from: text.utf8)
        plugins.append(PluginFacts.Plugin(manifest: manifest, directory: "\(directory)/\(name)"))
        catalogue = PluginFacts(plugins: plugins)
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

    static let manifestText = """
        {
          "manifest": 1, "name": "acme-plugin", "version": "1", "summary": "Made up",
          "protocol": {"min": 1, "max": 1}, "interface": {"min": 1, "max": 1},
          "start": {"executable": ["run"]},
          "provides": {
            "distributions": [
              {"name": "acme", "aliases": ["acme-linux"], "osRelease": ["acme"], "defaultRelease": "hammer",
               "architectures": {"x86-64": "amd64", "arm64": "arm64"}, "fileSystem": "xfs",
               "releases": [{"name": "hammer", "aliases": ["8"]}, {"name": "anvil", "aliases": ["7"]}]},
              {"name": "umbra", "osRelease": ["umbra"], "anyRelease": false,
               "architectures": {"x86-64": "x86_64"}, "releases": [{"name": "40"}]},
              {"name": "homemade", "custom": true, "architectures": {}}
            ],
            "formats": [
              {"name": "box", "aliases": ["crate"], "fileExtension": ".box", "compression": "zstd"},
              {"name": "plain", "compression": "none", "preference": 5},
              {"name": "drum", "fileExtension": "drum", "compression": "optional"},
              {"name": "shell", "fileExtension": ".shell", "compression": "zstd", "innerCompression": true}
            ]
          },
          "settings": [
            {"name": "AcmeMode", "section": "Content", "type": "choice", "choices": ["fast", "slow"],
             "default": "slow", "help": "How acme works"}
          ]
        }
        """
}
