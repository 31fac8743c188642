import ByteKeys
import Execution
import Glibc
import JSON
import PackageSamples
import PluginWire
import Support
import System

/// Builds of small images with a plugin, from signed repositories of packages that are made for it.
///
/// They are ordinary builds by the program itself. Its plugin is a derived one: a manifest with the repository's key that
/// starts the code of the plugin to be tried.
final class PackageTrial {
    let plugin: InstalledPlugin
    let distribution: ABI.V1.DistributionDescription
    let format: SampleFormat
    private let release: String
    /// The machine's architecture in the distribution's words.
    let architecture: String
    private let installation: Installation
    private let directory: TemporaryDirectory
    /// Made by the first build: keys alone take a second.
    private var contents: Result<Contents, CheckFailure>?
    /// Each build has a project of its own, so that earlier images stay.
    private var count = 0
    private var isAway = false

    private struct Contents {
        var repositories: SampleRepository
        var packages: [SamplePackage]
    }

    /// The distribution that is tried; nil if there is none in a format for which packages can be made.
    static func distribution(of plugin: InstalledPlugin) -> ABI.V1.DistributionDescription? {
        plugin.manifest.provides.distributions?.first { distribution in
            distribution.custom != true && distribution.packageFormat.flatMap(SampleFormat.init) != nil
        }
    }

    /// The first of the distribution's programs that this host does not have; nil: it has them all.
    static func missingTool(of distribution: ABI.V1.DistributionDescription) -> String? {
        distribution.tools?.first { tool in
            ([tool.name] + (tool.alternatives ?? [])).allSatisfy { Paths.findProgram($0) == nil }
        }?.name
    }

    init(
        _ plugin: InstalledPlugin,
        _ distribution: ABI.V1.DistributionDescription,
        installation: Installation
    ) throws(CheckFailure) {
        self.plugin = plugin
        self.distribution = distribution
        self.installation = installation
        directory = try TemporaryDirectory()
        guard let format = distribution.packageFormat.flatMap(SampleFormat.init),
            let machine = CheckDefaults.machine, let local = distribution.architectures[machine]
        else { throw CheckFailure("the distribution \(distribution.name) has no packages for this machine") }
        self.format = format
        architecture = local
        let stable = distribution.releases?.first { $0.aliases?.contains("stable") == true }
        // Of a release that changes every day an old index may be used.
        release = stable?.name ?? distribution.defaultRelease ?? ""
    }

    /// The packages of the repository.
    var packages: [SamplePackage] {
        get throws(CheckFailure) { try made().packages }
    }

    private func made() throws(CheckFailure) -> Contents {
        if let contents { return try contents.get() }
        do throws(CheckFailure) {
            let made = try makeContents()
            contents = .success(made)
            return made
        } catch {
            contents = .failure(error)
            throw error
        }
    }

    private func makeContents() throws(CheckFailure) -> Contents {
        do {
            let manifest = try JSON.parse(Files.read(Paths.join(plugin.directory, ManifestReader.fileName)))
            let described = Self.described(distribution, in: manifest)
            let repositories = try SampleRepository(
                format,
                release: release,
                architecture: architecture,
                name: described?["repositories"]?.array?.first?.string ?? "core"
            )
            let shell = SamplePackage.shell(
                try SampleShell.files(with: format.programsInTree) + format.idleProgramsInTree,
                architecture: architecture
            )
            let others = distribution.architectures.values.filter { $0 != architecture }.sorted()
            var packages = SamplePackage.set(shell: shell) + SamplePackage.further(foreign: others.first ?? "s390x")
            for index in packages.indices where packages[index].name == "filesystem" {
                packages[index].files += format.directoriesOfManager
            }
            try writePlugin(keyring: repositories.key(for: .good).name)
            return Contents(repositories: repositories, packages: packages)
        } catch {
            throw CheckFailure("packages cannot be made: \(error)")
        }
    }

    // MARK: - Building

    /// Builds an image of a repository; `settings` are lines of configuration for its section `[Content]`.
    func build(
        _ variant: RepositoryVariant = .good,
        packages: [String],
        settings: String = "",
        arguments: [String] = [],
        script: String? = nil,
        shell: String? = nil,
        prepare: (String) throws -> Void = { _ in }
    ) throws(CheckFailure) -> BuiltImage {
        do {
            count += 1
            try Files.makeDirectories(project + "/cache")
            let repository = try writeRepository(variant)
            try write(packages, repository, settings)
            if let script { try Files.write(Array(script.utf8), to: project + "/mkosi.postinst", mode: 0o755) }
            try prepare(project)
            return try run(arguments + ["build"], in: project, shell: shell)
        } catch {
            throw CheckFailure("a build cannot be prepared: \(error)")
        }
    }

    /// Runs the program again in the project of the last build, perhaps with other packages.
    func runAgain(
        _ arguments: [String] = ["--force", "build"],
        packages: [String]? = nil,
        settings: String = ""
    ) throws(CheckFailure) -> BuiltImage {
        do {
            if let packages { try write(packages, repository(.good), settings) }
            return try run(arguments, in: project, shell: nil)
        } catch {
            throw CheckFailure("a build cannot be run: \(error)")
        }
    }

    /// Takes the packages of a repository away while `body` runs, as if there were no network.
    func withoutRepository(_ body: () throws(CheckFailure) -> BuiltImage) throws(CheckFailure) -> BuiltImage {
        let path = repository(.good)
        isAway = true
        rename(path, path + ".away")
        defer {
            rename(path + ".away", path)
            isAway = false
        }
        return try body()
    }

    /// Replaces the packages of the repository while `body` runs.
    func withPackages(
        _ packages: [SamplePackage],
        _ body: () throws(CheckFailure) -> BuiltImage
    ) throws(CheckFailure) -> BuiltImage {
        let path = repository(.good)
        rename(path, path + ".away")
        defer {
            _ = try? TemporaryDirectory.renew(path)
            rmdir(path)
            rename(path + ".away", path)
        }
        do {
            try made().repositories.write(packages, to: path)
        } catch {
            throw CheckFailure("packages cannot be made: \(error)")
        }
        return try body()
    }

    /// The file of one package.
    func file(of package: SamplePackage) throws(CheckFailure) -> (name: String, bytes: [UInt8]) {
        do {
            return try made().repositories.file(of: package)
        } catch {
            throw CheckFailure("packages cannot be made: \(error)")
        }
    }

    private var project: String { "\(directory.path)/project-\(count)" }

    private func write(_ packages: [String], _ repository: String, _ settings: String) throws {
        let text = """
            [Distribution]
            Distribution=\(distribution.name)
            \(release.isEmpty ? "" : "Release=\(release)")
            LocalMirror=file://\(repository)
            [Output]
            Format=directory
            ManifestFormat=json
            [Build]
            PackageCacheDirectory=cache
            [Content]
            SourceDateEpoch=1700000000
            Packages=\(packages.joined(separator: ","))
            \(settings)

            """
        try Files.write(Array(text.utf8), to: project + "/mkosi.conf")
    }

    private func run(_ arguments: [String], in project: String, shell: String?) throws(Failure) -> BuiltImage {
        let program = Paths.join(installation.prefix, "bin/mkosi")
        let script = shell ?? "exec \"$0\" \"$@\""
        let path = Environment.variable("PATH") ?? SearchPath.standard
        var command = Command(
            "/bin/sh",
            ["-c", "exec 2>&1\n\(script)", program] + arguments,
            environment: [
                "PATH=\(path)", "LANG=C.UTF-8", "HOME=\(directory.path)",
                "MKOSI_PLUGIN_PATH=\(directory.path)/plugin:\(plugin.directory)",
            ]
        )
        command.workingDirectory = project
        command.timeLimit = .seconds(300)
        command.captureLimit = 1 << 20
        let result = try command.run()
        var built = BuiltImage(
            succeeded: result.status.code == 0,
            output: String(decoding: result.output, as: UTF8.self),
            path: project + "/image",
            format: format
        )
        struct Manifest: Decodable { var packages: [BuiltImage.Package] }
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

    private func writeRepository(_ variant: RepositoryVariant) throws -> String {
        let path = repository(variant)
        let contents = try made()
        if !Files.exists(path), !isAway {
            try contents.repositories.write(contents.packages, to: path, variant: variant)
        }
        let key = try contents.repositories.key(for: variant)
        try Files.write(key.bytes, to: "\(directory.path)/\(key.name)")
        return path
    }

    private static func described(_ distribution: ABI.V1.DistributionDescription, in manifest: JSON)
        -> ByteDictionary<JSON>?
    {
        manifest["provides"]?["distributions"]?.array?.first { $0["name"] == .string(distribution.name) }?.object
    }

    /// The manifest of the plugin with another name, the key, and the base system that the repository has.
    private func writePlugin(keyring: String) throws {
        let text = try Files.read(Paths.join(plugin.directory, ManifestReader.fileName))
        let parsed = try JSON.parse(text)
        guard var manifest = parsed.object, var described = Self.described(distribution, in: parsed) else { return }
        described["keyrings"] = [.string("\(directory.path)/\(keyring)")]
        described["packageSets"] = [
            "base": .array(format.basePackages.map(JSON.string)), "system": [],
        ]
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
