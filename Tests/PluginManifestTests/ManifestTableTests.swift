import Configuration
import JSON
import PluginHost
import PluginWire
import Support
import System
import TestSupport
import Testing

/// The manifests of all plugins that ship with the program, against one another and against the manual.
@Suite("Manifests of the plugins that ship with the program")
struct ManifestTableTests {
    private static let distributions = [
        "alma", "alpine", "arch", "azure", "centos", "custom", "debian", "fedora", "kali", "mageia", "openmandriva",
        "opensuse",
        "postmarketos", "rhel", "rhel-ubi", "rocky", "ubuntu",
    ]
    private static let formats = [
        "addon", "confext", "cpio", "directory", "disk", "esp", "none", "oci", "portable", "sysext", "tar", "uki",
    ]

    @Test("every manifest is valid, and its files are there")
    func allAreRead() {
        #expect(Shipped.catalogue.problems.isEmpty, "\(Shipped.catalogue.problems.map(\.message))")
        #expect(Shipped.catalogue.shadowed.isEmpty)
        #expect(Shipped.catalogue.plugins.count >= 12)
    }

    @Test("every distribution and every format comes from exactly one plugin")
    func eachIsProvidedOnce() {
        #expect(Shipped.distributions.map(\.name).sorted() == Self.distributions)
        let names = Shipped.formats.map(\.name)
        for name in Self.formats { #expect(names.count { $0 == name } == 1, "\(name)") }
        let words = Shipped.formats.flatMap { [$0.name] + ($0.aliases ?? []) }
        #expect(words.count == Set(words).count)
        let distributionWords = Shipped.distributions.flatMap { [$0.name] + ($0.aliases ?? []) }
        #expect(distributionWords.count == Set(distributionWords).count)
        let identities = Shipped.distributions.flatMap { $0.osRelease ?? [] }
        #expect(identities.count == Set(identities).count)
    }

    @Test("every manifest is as the schema for editors says")
    func schema() throws {
        let file = Paths.join(Stage.packageRoot, "Sources/PluginABI/plugin.schema.json")
        let validator = SchemaValidator(root: try JSON.parse(Files.read(file)))
        for plugin in Shipped.catalogue.plugins {
            let text = try Files.read(Paths.join(plugin.directory, ManifestReader.fileName))
            let problems = try validator.problems(JSON.parse(text))
            #expect(problems.isEmpty, "\(plugin.name): \(problems)")
        }
        let wrong = #"{"manifest": 1, "name": "A", "provides": {"includes": [{"name": "mkosi-a", "path": "../b"}]}}"#
        let problems = try validator.problems(JSON.parse(wrong.utf8))
        let parts = [".name does not match", "has no version", ".provides.includes[0].path is what it must not be"]
        for part in parts {
            #expect(problems.contains { $0.contains(part) }, "\(part) is not in \(problems)")
        }
    }

    @Test("what a distribution says fits together")
    func distributionsFitTogether() {
        let names = Set(Shipped.distributions.map(\.name))
        for distribution in Shipped.distributions {
            let name = distribution.name
            #expect(distribution.title?.isEmpty == false, "\(name)")
            let unknown = Set(distribution.architectures.keys).subtracting(Architecture.all)
            #expect(unknown.isEmpty, "\(name) has unknown architectures \(unknown)")
            let mirrors = Set((distribution.mirrors ?? [:]).keys).union((distribution.snapshotMirrors ?? [:]).keys)
            #expect(mirrors.isSubset(of: Architecture.all + ["*"]), "\(name)")
            #expect(names.isSuperset(of: distribution.keysMissingOn ?? []), "\(name)")
            #expect(distribution.toolsDistribution.map(names.contains) ?? true, "\(name)")
            #expect(distribution.fileSystem?.isEmpty == false, "\(name)")
            guard distribution.custom != true else { continue }
            #expect(distribution.packageSets?["base"]?.isEmpty == false, "\(name)")
            #expect(distribution.mirrors?["*"]?.hasPrefix("http") == true, "\(name)")
            #expect(distribution.defaultRelease != nil && distribution.packageFormat != nil, "\(name)")
            #expect(distribution.kernelPackages?.isEmpty == false, "\(name)")
            #expect(distribution.architectures["x86-64"] != nil && distribution.tools?.isEmpty == false, "\(name)")
        }
    }

    @Test("settings that plugins want to see exist")
    func settingsExist() {
        let registry = Registry(catalogue: Shipped.facts)
        let wanted = Shipped.distributions.flatMap { $0.settings ?? [] } + Shipped.formats.flatMap { $0.settings ?? [] }
        #expect(wanted.count > 50)
        for name in wanted { #expect(registry.setting(named: name)?.name == name, "there is no setting \(name)") }
    }

    @Test(
        "what the manual says of distributions",
        arguments: [
            ("fedora", "rawhide", "https://mirrors.fedoraproject.org", "btrfs"),
            ("debian", "testing", "http://deb.debian.org", "ext4"),
            ("kali", "kali-rolling", "http://http.kali.org/kali", "ext4"),
            ("ubuntu", "devel", "http://archive.ubuntu.com", "ext4"),
            ("arch", "rolling", "https://fastly.mirror.pkgbuild.com", "ext4"),
            ("opensuse", "tumbleweed", "http://download.opensuse.org", "btrfs"),
            ("mageia", "cauldron", "https://www.mageia.org", "ext4"),
            ("openmandriva", "cooker", "http://mirrors.openmandriva.org", "ext4"),
            ("centos", "10", "https://mirrors.centos.org", "xfs"),
            ("rocky", "10", "https://mirrors.rockylinux.org", "xfs"),
            ("alma", "10", "https://mirrors.almalinux.org", "xfs"),
            ("rhel-ubi", "10", "https://cdn-ubi.redhat.com", "xfs"),
            ("azure", "3.0", "https://packages.microsoft.com/", "ext4"),
        ]
    )
    func manual(name: String, release: String, mirror: String, fileSystem: String) throws {
        let distribution = try Shipped.distribution(name)
        #expect(distribution.defaultRelease == release)
        #expect(distribution.mirrors?["x86-64"] ?? distribution.mirrors?["*"] == mirror)
        #expect(distribution.fileSystem == fileSystem)
    }

    @Test("which distribution the tools of another are, and where keys have to be fetched")
    func toolsAndKeys() throws {
        for name in ["centos", "rhel", "rocky", "alma"] {
            #expect(try Shipped.distribution(name).toolsDistribution == "fedora")
        }
        #expect(try Shipped.distribution("ubuntu").toolsDistribution == "debian")
        #expect(try Shipped.distribution("debian").toolsDistribution == nil)
        for distribution in Shipped.distributions {
            let isFetched = ["rpm", "pkg"].contains(distribution.packageFormat)
            #expect(distribution.keysMissingOn == (isFetched ? ["ubuntu"] : nil), "\(distribution.name)")
        }
        for name in ["centos", "rhel", "rhel-ubi", "rocky", "alma"] {
            let releases = try #require(Shipped.distribution(name).releases)
            for release in releases {
                #expect(release.compression == (release.name == "8" ? "xz" : nil), "\(name) \(release.name)")
            }
        }
    }

    @Test(
        "what the manual says of formats: extension, default compression, whether there is a kernel",
        arguments: [
            ("disk", ".raw", "optional", false, "auto"), ("esp", ".raw", "zstd", true, "always"),
            ("directory", "", "none", false, "asked"), ("none", "", "none", false, "auto"),
            ("tar", ".tar", "zstd", false, "auto"), ("cpio", ".cpio", "zstd", false, "asked"),
            ("uki", ".efi", "zstd", true, "always"), ("addon", ".efi", "zstd", true, "asked"),
            ("oci", "", "gz", true, "auto"), ("sysext", ".raw", "optional", false, "asked"),
            ("confext", ".raw", "optional", false, "asked"), ("portable", ".raw", "optional", false, "asked"),
        ]
    )
    func formats(name: String, fileExtension: String, compression: String, isInner: Bool, kernel: String) throws {
        let format = try Shipped.format(name)
        #expect(format.fileExtension ?? "" == fileExtension)
        #expect(format.compression == compression)
        #expect((format.innerCompression ?? false) == isInner)
        #expect(format.kernel ?? "auto" == kernel)
    }

    @Test("a disk is made when nothing is asked for")
    func preference() throws {
        let best = Shipped.formats.map { $0.preference ?? 0 }.max()
        #expect(Shipped.formats.filter { $0.preference ?? 0 == best }.map(\.name) == ["disk"])
    }
}
