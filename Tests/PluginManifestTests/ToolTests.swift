import Configuration
import PluginHost
import PluginWire
import Support
import System
import TestSupport
import Testing

/// The programs that distributions need, on hosts of every distribution.
@Suite struct ToolTests {
    /// What a distribution has no package for; without it images of some others need a tools tree.
    private static let missing: [String: Set<String>] = [
        // https://packages.debian.org: no release has apk.
        "debian": ["apk"], "ubuntu": ["apk"], "kali": ["apk"],
    ]

    /// Packages that a listed one depends on, in all releases: apt, and by libzypp and libalpm zypper and pacman.
    private static let implied = [
        "dpkg": "apt", "gpgv": "apt", "rpm": "zypper", "gnupg": "pacman-package-manager",
    ]

    private static var hosts: [ABI.V1.DistributionDescription] {
        Shipped.distributions.filter { $0.custom != true }
    }

    @Test("On each host it is known which package has a program that a distribution needs")
    func packagesAreKnown() {
        for host in Self.hosts {
            let packages = host.toolPackages ?? [:]
            #expect(host.installCommand != nil, "\(host.name)")
            for distribution in Self.hosts {
                for tool in distribution.tools ?? [] {
                    let words = [tool.name] + (tool.alternatives ?? [])
                    let isKnown = words.contains { packages[$0] != nil }
                    let isMissing = Self.missing[host.name]?.contains(tool.name) ?? false
                    #expect(isKnown != isMissing, "\(tool.name) for \(distribution.name) on \(host.name)")
                }
            }
        }
    }

    @Test("On each host it is known which package has the programs that every distribution has for mkosi itself")
    func packagesOfTheHostsProgramsAreKnown() throws {
        for host in Self.hosts {
            let packages = host.toolPackages ?? [:]
            for program in ["man", "ssh"] { #expect(packages[program] != nil, "\(program) on \(host.name)") }
        }
        let packages = try Shipped.distribution("debian").programPackages
        #expect(packages.hint("systemd-nspawn") == "apt install systemd-container")
        let firmware = packages.hint(ProgramPackages.firmware("x86-64"), or: "set Firmware=linux")
        #expect(firmware == "apt install ovmf, or set Firmware=linux")
        #expect(packages.hint("no-such-program") == "No package of Debian is known to have it: install it")
        #expect(ProgramPackages().hint("ssh") == "Install it")
    }

    @Test("The packages of Debian's tools tree, which mkosi dependencies lists, have the programs of each distribution")
    func dependenciesHaveThem() throws {
        let debian = try Shipped.distribution("debian")
        let directory = Paths.join(Stage.packageRoot, "Plugins/debian/resources/mkosi-tools")
        var words: Set<String> = []
        for file in try Files.list(directory) where file.hasSuffix(".conf") {
            words.formUnion(try Self.words(Paths.join(directory, file)))
        }
        for file in try Files.list(Paths.join(directory, "mkosi.conf.d")) {
            words.formUnion(try Self.words(Paths.join(directory, "mkosi.conf.d/\(file)")))
        }
        for tool in Self.hosts.flatMap({ $0.tools ?? [] }) where tool.name != "apk" {
            let packages = ([tool.name] + (tool.alternatives ?? [])).compactMap { debian.toolPackages?[$0] }
            let isListed = packages.contains { words.contains($0) || words.contains(Self.implied[$0] ?? "") }
            #expect(isListed, "\(tool.name): \(packages)")
        }
    }

    private static func words(_ path: String) throws -> [String] {
        try Files.readText(path).split { $0.isWhitespace || $0 == "," || $0 == "=" }.map(String.init)
    }
}
