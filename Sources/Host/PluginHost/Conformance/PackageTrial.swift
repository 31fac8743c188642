import ByteKeys
import Execution
import Glibc
import JSON
import PackageSamples
import PluginWire
import Support
import System

/// Builds of small images with a plugin, from a signed repository of packages that are made for it.
///
/// They are ordinary builds by the program itself. Its plugin is a derived one: a manifest with the repository's key that
/// starts the code of the plugin to be tried.
final class PackageTrial {
    let plugin: InstalledPlugin
    let distribution: ABI.V1.DistributionDescription
    private let installation: Installation
    private let directory: TemporaryDirectory
    private let keys: RepositoryKeys
    private let packages: [SamplePackage]
    /// Each build has a project of its own, so that earlier images stay.
    private var count = 0

    /// What came of a build.
    struct Built {
        var succeeded: Bool
        /// All that the program printed.
        var output: String
        /// The directory with the image; it exists only if the build succeeded.
        var image: String
        /// What the manifest lists.
        var packages: [Package] = []

        struct Package: Decodable {
            var name: String
            var version: String
            var architecture: String
        }

        var names: [String] { packages.map(\.name).sorted() }
    }

    /// The distribution that is tried; nil if there is none in a format for which packages can be made.
    static func distribution(of plugin: InstalledPlugin) -> ABI.V1.DistributionDescription? {
        plugin.manifest.provides.distributions?.first { distribution in
            distribution.custom != true && distribution.packageFormat.flatMap(SampleFormat.init) != nil
        }
    }

    /// Nil if the plugin has no distribution in a format for which packages can be made.
    init?(_ plugin: InstalledPlugin, installation: Installation) throws(CheckFailure) {
        guard let distribution = Self.distribution(of: plugin) else { return nil }
        self.plugin = plugin
        self.distribution = distribution
        self.installation = installation
        directory = try TemporaryDirectory()
        do {
            keys = try RepositoryKeys()
            let local = CheckDefaults.machine.flatMap { distribution.architectures[$0] }
            packages = SamplePackage.set(shell: .shell(try SampleShell.files(), architecture: local))
            try writePlugin()
        } catch {
            throw CheckFailure("packages cannot be made: \(error)")
        }
    }

    // MARK: - Building

    /// Builds an image of a repository; `settings` are lines of configuration for it.
    func build(
        _ variant: RepositoryVariant = .good,
        packages: [String],
        settings: String = "",
        arguments: [String] = [],
        script: String? = nil
    ) throws(CheckFailure) -> Built {
        do {
            count += 1
            try Files.makeDirectories(project + "/cache")
            try writeRepository(variant)
            let text = """
                [Distribution]
                Distribution=\(distribution.name)
                LocalMirror=file://\(repository(variant))
                [Output]
                Format=directory
                ManifestFormat=json
                [Content]
                SourceDateEpoch=1700000000
                Packages=\(packages.joined(separator: ","))
                \(settings)
                [Build]
                PackageCacheDirectory=cache

                """
            try Files.write(Array(text.utf8), to: project + "/mkosi.conf")
            if let script { try Files.write(Array(script.utf8), to: project + "/mkosi.postinst", mode: 0o755) }
            return try run(arguments + ["build"], in: project)
        } catch {
            throw CheckFailure("a build cannot be prepared: \(error)")
        }
    }

    /// Builds the last image again, with other arguments.
    func buildAgain(_ arguments: [String]) throws(CheckFailure) -> Built {
        do {
            return try run(arguments + ["--force", "build"], in: project)
        } catch {
            throw CheckFailure("a build cannot be run: \(error)")
        }
    }

    /// Takes the packages of a repository away, as if there were no network.
    func removeRepository(_ variant: RepositoryVariant = .good) {
        rename(repository(variant), repository(variant) + ".away")
    }

    func restoreRepository(_ variant: RepositoryVariant = .good) {
        rename(repository(variant) + ".away", repository(variant))
    }

    private var project: String { "\(directory.path)/project-\(count)" }

    private func run(_ arguments: [String], in project: String) throws(Failure) -> Built {
        let program = Paths.join(installation.prefix, "bin/mkosi")
        var command = Command(
            "/bin/sh",
            ["-c", "exec \"$0\" \"$@\" 2>&1", program] + arguments,
            environment: [
                "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin", "LANG=C.UTF-8",
                "HOME=\(directory.path)", "MKOSI_PLUGIN_PATH=\(directory.path)/plugin:\(plugin.directory)",
            ]
        )
        command.workingDirectory = project
        command.timeLimit = .seconds(300)
        command.captureLimit = 1 << 20
        let result = try command.run()
        let image = project + "/image"
        var built = Built(
            succeeded: result.status.code == 0,
            output: String(decoding: result.output, as: UTF8.self),
            image: image
        )
        struct Manifest: Decodable { var packages: [Built.Package] }
        if built.succeeded, let bytes = try? Files.read(project + "/image.manifest"),
            let manifest = try? JSONText.decode(Manifest.self, from: bytes)
        {
            built.packages = manifest.packages
        }
        return built
    }

    // MARK: - What is built from

    private func repository(_ variant: RepositoryVariant) -> String {
        "\(directory.path)/repositories/\(variant.rawValue)"
    }

    private func writeRepository(_ variant: RepositoryVariant) throws {
        let path = repository(variant)
        if !Files.exists(path) { try RPMRepository.write(packages, to: path, variant: variant, keys: keys) }
        let key = try keys.trusted(in: variant).armoredPublicKey()
        try Files.write(Array(key.utf8), to: directory.path + "/key.asc")
    }

    /// The manifest of the plugin with another name, the key, and the base system that the repository has.
    private func writePlugin() throws {
        let text = try Files.read(Paths.join(plugin.directory, ManifestReader.fileName))
        guard var manifest = try JSON.parse(text).object,
            var described = manifest["provides"]?["distributions"]?.array?
                .first(where: { $0["name"] == .string(distribution.name) })?.object
        else { return }
        described["keyrings"] = [.string(directory.path + "/key.asc")]
        described["packageSets"] = ["base": ["filesystem"], "system": []]
        described["osRelease"] = nil
        described["settings"] = nil
        manifest["name"] = "package-trial"
        manifest["start"] = ["plugin": .string(plugin.manifest.start?.plugin ?? plugin.manifest.name)]
        manifest["settings"] = nil
        manifest["provides"] = ["distributions": [.object(described)]]
        try Files.makeDirectories(directory.path + "/plugin")
        try Files.write(
            Array(JSON.object(manifest).indentedText.utf8),
            to: Paths.join(directory.path + "/plugin", ManifestReader.fileName)
        )
    }
}
