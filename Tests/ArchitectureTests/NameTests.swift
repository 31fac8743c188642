import PluginWire
import Support
import System
import TestSupport
import Testing

/// No distribution and no output format is known to the sources of the host: only the plugins name them.
@Suite struct NameTests {
    /// Distinctive enough to be looked for as parts of longer words; others are looked for as whole words.
    private static let distributions = [
        "debian", "ubuntu", "fedora", "centos", "opensuse", "archlinux", "postmarketos", "alpine", "mageia",
        "openmandriva", "azurelinux", "almalinux", "raspbian", "devuan",
    ]
    private static let distributionWords = ["kali", "rhel", "rocky", "suse", "arch linux", "rhel-ubi"]

    /// Words of plain language too: only a string literal that is exactly this word gives them away.
    private static let formats = [
        "tar", "cpio", "directory", "disk", "esp", "uki", "addon", "sysext", "confext", "portable", "oci", "qcow2",
        "squashfs", "plain_squashfs", "gpt_btrfs", "gpt_ext4", "gpt_xfs", "gpt_squashfs", "subvolume", "archive",
    ]
    /// Boot loaders, whose names are values of settings that plugins provide.
    private static let bootloaders = ["grub", "systemd-boot", "grub-signed", "systemd-boot-signed", "uki-signed"]
    private static let literals = ["arch", "apt", "dpkg", "dnf", "zypper", "pacman", "apk", "rpm"]

    private static let outsideTheHost = [
        "Sources/DiskKit/", "Sources/ArchiveKit/", "Sources/PluginABI/templates/", "Sources/Host/PackageSamples/",
        "Sources/DistributionKit/RPM/",
    ]

    /// Where other settings have values that are spelled like a format.
    private static let vocabulary = "Sources/Host/Configuration/Settings/"
    private static let vocabularyWords: Set = ["\"tar\"", "\"uki\""]
    /// Values of the contract itself alongside the names of plugins, such as `Format=none`, and the kind of a file.
    private static let plain: Set = ["none", "custom", "directory"]

    /// The pages that explain the design and show the directories of the plugins.
    private static let exempt = ["Sources/Host/ARCHITECTURE.md"]

    private static func sources() throws -> [Checkout.File] {
        try Checkout.files(in: ["Sources"], suffixes: [".swift", ".c", ".h", ".md", ".modulemap", ".json"])
            .filter { !exempt.contains($0.path) }
    }

    @Test func noDistributionIsNamed() throws {
        let manifests = try Checkout.plugins().map(\.manifest)
        let declared = manifests.flatMap { manifest in
            (manifest.provides.distributions ?? []).flatMap { [$0.name] + ($0.aliases ?? []) + ($0.osRelease ?? []) }
        }
        // Words of plain language: the other test looks for them as literals.
        let generic: Set = ["none", "custom", "tiny", "linux", "arch"]
        let parts = Set(Self.distributions + declared.map { $0.lowercased() }.filter { $0.count > 5 })
            .subtracting(generic)
        let words = Set(Self.distributionWords + declared.map { $0.lowercased() }.filter { $0.count <= 5 })
            .subtracting(generic)
        let pattern = try Regex("\\b(?:\(words.sorted().joined(separator: "|")))\\b")
        for file in try Self.sources() {
            // The first member of every package of deb(5) has this name.
            let text = file.text.lowercased().replacing("debian-binary", with: "")
            let lowercase = Checkout.File(path: file.path, text: text)
            for (number, line) in lowercase.lines(with: parts.sorted()) {
                Issue.record("\(file):\(number) names a distribution: \(line)")
            }
            for (number, line) in lowercase.lines(with: words.sorted()) where line.firstMatch(of: pattern) != nil {
                Issue.record("\(file):\(number) names a distribution: \(line)")
            }
        }
    }

    @Test func noFormatAndNoPackageManagerIsNamed() throws {
        let manifests = try Checkout.plugins().map(\.manifest)
        let declared =
            manifests.flatMap { $0.provides.formats ?? [] }.map(\.name)
            + manifests.flatMap { $0.provides.bootloaders ?? [] }.map(\.name) + Self.bootloaders
        let quoted = Set(Self.formats + Self.literals + declared).subtracting(Self.plain).map { "\"\($0)\"" }
        for file in try Self.sources() where file.path.hasSuffix(".swift") {
            // What makes archives, and what an author's plugin begins with, is no part of the host.
            if Self.outsideTheHost.contains(where: { file.path.hasPrefix($0) }) { continue }
            for (number, line) in file.lines(with: quoted.sorted()) {
                // A comment may say what a word of the contract can be, in backticks; code may not compare with it.
                for word in quoted where line.contains(word) {
                    if file.path.hasPrefix(Self.vocabulary), Self.vocabularyWords.contains(word) { continue }
                    Issue.record("\(file):\(number) has the literal \(word)")
                }
            }
        }
    }

    /// Where settings have a fixed choice of words, which kinds of artifacts are among.
    private static let words = "Sources/Host/Configuration/Settings/Words.swift"

    @Test("The host names no package, no file of a plugin, and no kind of artifact that it treats like all others")
    func noPartOfAPluginIsNamed() throws {
        var names: Set<String> = []
        for manifest in try Checkout.plugins().map(\.manifest) {
            let distributions = manifest.provides.distributions ?? []
            let programs = Set(distributions.flatMap { ($0.toolPackages ?? [:]).keys })
            let packages = Set(distributions.flatMap { ($0.toolPackages ?? [:]).values })
            names.formUnion(packages.subtracting(programs).filter { $0.contains("-") })
            names.formUnion((manifest.provides.includes ?? []).map(\.path))
            let kinds = (manifest.provides.artifacts ?? []).map(\.kind)
            names.formUnion(kinds.filter { $0.contains("-") && $0 != "boot-code" })
        }
        #expect(names.contains("openssh-client") && names.contains("kernel-modules-initrd"))
        let ends = "[^A-Za-z0-9_.-]"
        let pattern = try Regex("\(ends)(?:\(names.sorted().joined(separator: "|")))\(ends)")
        for file in try Self.sources() where file.path.hasPrefix("Sources/Host/") && file.path != Self.words {
            if Self.outsideTheHost.contains(where: { file.path.hasPrefix($0) }) { continue }
            for (number, line) in file.lines(with: names.sorted()) where line.contains("\"") {
                #expect(line.firstMatch(of: pattern) == nil, "\(file):\(number) names a part of a plugin: \(line)")
            }
        }
    }
}
