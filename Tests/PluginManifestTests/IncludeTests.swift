import Configuration
import Foundation
import JSON
import PluginHost
import PluginWire
import Support
import TestSupport
import Testing

/// The configuration that plugins bring: it is read like any other, for every distribution, release and architecture.
@Suite("Configuration that plugins bring")
struct IncludeTests {
    private static let names = ["mkosi-addon", "mkosi-initrd", "mkosi-tools", "mkosi-vm"]
    private static let initrdProfiles = ["lvm", "network", "nfs", "pkcs11", "plymouth", "raid"]
    private static let toolsProfiles = ["devel", "gui", "misc", "package-manager", "runtime"]

    /// Reads a project that includes all of a name, and gives what came of it.
    private static func load(
        _ name: String,
        _ distribution: String,
        _ release: String,
        _ architecture: String = "x86-64",
        profiles: [String] = []
    ) throws -> LoadedConfiguration {
        let temporary = try TemporaryDirectory()
        let project = temporary.path
        try temporary.makeDirectory("mkosi.profiles")
        for profile in profiles { try temporary.write("", to: "mkosi.profiles/\(profile).conf") }
        let lines = Shipped.facts.includes(named: name).map { "Include=\($0)" }.joined(separator: "\n")
        let text = """
            [Distribution]
            Distribution=\(distribution)
            Release=\(release)
            Architecture=\(architecture)
            [Config]
            Profiles=\(profiles.joined(separator: ","))
            [Include]
            \(lines)
            """
        try temporary.write(text, to: "mkosi.conf")
        let host = HostFacts(
            osRelease: OSRelease(id: "debian", version: "13", codename: "trixie"),
            architecture: "x86-64",
            environment: [:],
            currentDirectory: project,
            randomUUID: "11111111-2222-4333-8444-555555555555",
            readOutput: { _ in "" },
            systemdVersion: { nil }
        )
        return try ConfigurationRequest(directory: project)
            .load(registry: Registry(catalogue: Shipped.facts), catalogue: Shipped.facts, host: host)
    }

    private static func packages(
        _ name: String,
        _ distribution: String,
        _ release: String,
        _ architecture: String = "x86-64",
        profiles: [String] = []
    ) throws -> Set<String> {
        let loaded = try load(name, distribution, release, architecture, profiles: profiles)
        let image = try #require(loaded.images.last)
        return Set(image[Setting<[String]>.packages])
    }

    @Test("the names of the manual")
    func builtInNames() {
        #expect(Set(Shipped.facts.includeNames).isSuperset(of: Self.names))
        for name in Self.names { #expect(!Shipped.facts.includes(named: name).isEmpty) }
    }

    @Test("everything loads without a warning and brings packages", arguments: Shipped.distributions.map(\.name))
    func everythingLoads(distribution: String) throws {
        let description = try Shipped.distribution(distribution)
        let plugin = Shipped.catalogue.plugins.first { plugin in
            plugin.manifest.provides.distributions?.contains { $0.name == distribution } == true
        }
        let own = Set((plugin?.manifest.provides.includes ?? []).map(\.name))
        let releases = (description.releases ?? []).map(\.name)
        let architectures = ["x86-64", "arm64"].filter { description.architectures[$0] != nil }
        for release in releases {
            for architecture in architectures {
                for name in Self.names {
                    let profiles = name == "mkosi-initrd" ? Self.initrdProfiles : Self.toolsProfiles
                    let loaded = try Self.load(name, distribution, release, architecture, profiles: profiles)
                    #expect(loaded.warnings.isEmpty, "\(name) \(distribution) \(release): \(loaded.warnings)")
                    let image = try #require(loaded.images.last)
                    let packages = image[Setting<[String]>.packages]
                    #expect(packages.count == Set(packages).count, "\(name) \(distribution): a package twice")
                    #expect(packages.isEmpty == !own.contains(name), "\(name) \(distribution) \(release)")
                }
            }
        }
    }

    @Test("the format is that of the plugin of the format, whatever the distribution is")
    func formats() throws {
        let pairs = [
            ("mkosi-initrd", "cpio"), ("mkosi-tools", "directory"), ("mkosi-vm", "disk"), ("mkosi-addon", "addon"),
        ]
        for (name, format) in pairs {
            let image = try #require(try Self.load(name, "fedora", "rawhide").images.last)
            #expect(image[.format] == format)
        }
        let initrd = try #require(try Self.load("mkosi-initrd", "arch", "rolling").images.last)
        #expect(initrd.value(named: "MakeInitrd") == .bool(true))
        #expect(initrd.value(named: "Bootable") == .text("disabled"))
        let addon = try #require(try Self.load("mkosi-addon", "debian", "trixie").images.last)
        #expect(addon[.distribution] == "custom")
    }

    @Test("a profile adds its packages, and only it")
    func profiles() throws {
        let plain = try Self.packages("mkosi-initrd", "debian", "trixie")
        for (profile, package) in [
            ("lvm", "lvm2"), ("network", "systemd-resolved"), ("nfs", "nfs-common"), ("pkcs11", "p11-kit"),
            ("plymouth", "plymouth"), ("raid", "mdadm"),
        ] {
            #expect(!plain.contains(package))
            let more = try Self.packages("mkosi-initrd", "debian", "trixie", profiles: [profile])
            #expect(more.contains(package) && more.isSuperset(of: plain))
        }
        let tools = try Self.packages("mkosi-tools", "fedora", "rawhide", profiles: ["runtime"])
        #expect(tools.contains("qemu-kvm-core") && tools.contains("edk2-ovmf") && !tools.contains("pacman"))
        let arm = try Self.packages("mkosi-tools", "fedora", "rawhide", "arm64", profiles: ["runtime"])
        #expect(arm.contains("edk2-ovmf"))
        let mainframe = try Self.packages("mkosi-tools", "fedora", "rawhide", "s390x", profiles: ["runtime"])
        #expect(mainframe.contains("qemu-kvm-core") && !mainframe.contains("edk2-ovmf"))
    }

    @Test("a package that a release does not have is not asked for")
    func releases() throws {
        let old = try Self.packages("mkosi-tools", "debian", "bookworm")
        let new = try Self.packages("mkosi-tools", "debian", "trixie")
        #expect(new.subtracting(old) == ["pkcs11-provider", "systemd-boot-tools", "systemd-repart", "systemd-ukify"])
        #expect(old.subtracting(new) == ["systemd-boot"])
        // The name depends on the release, so that apt looks it up.
        #expect(try Self.packages("mkosi-initrd", "debian", "12").contains("^libtss2-rc0(t64)?$"))
        #expect(try !Self.packages("mkosi-initrd", "ubuntu", "noble").contains("systemd-cryptsetup"))
    }

    /// Of the manual's table, what is called the same everywhere.
    @Test(
        "the tools trees have what the manual's table has",
        arguments: ["fedora", "centos", "debian", "kali", "ubuntu", "arch", "opensuse", "postmarketos"]
    )
    func tools(distribution: String) throws {
        let release = try #require(Shipped.distribution(distribution).defaultRelease)
        let profiles = ["misc", "package-manager", "runtime"]
        let packages = try Self.packages("mkosi-tools", distribution, release, profiles: profiles)
        for name in [
            "acl", "attr", "coreutils", "cpio", "curl", "diffutils", "dosfstools", "e2fsprogs", "erofs-utils",
            "findutils", "grep", "jq", "kmod", "less", "mtools", "nano", "opensc", "openssl",
            "sed", "socat", "strace", "swtpm", "systemd", "tar", "virtiofsd", "xfsprogs",
            "zstd",
        ] {
            #expect(packages.contains(name), "\(distribution) has no \(name)")
        }
        for part in ["btrfs", "ca-certificates", "git", "openssh", "qemu", "sbsign", "squashfs", "ukify"] {
            #expect(packages.contains { $0.contains(part) }, "\(distribution) has no \(part)")
        }
        let isAlpine = distribution == "postmarketos"
        #expect(packages.contains("pkcs11-provider") == !isAlpine)
        #expect(packages.contains { $0.contains("virt-firmware") } == !isAlpine)
        let isDebian = ["debian", "kali", "ubuntu"].contains(distribution)
        // apt looks these up, because not all of its distributions have them.
        #expect(packages.contains("?exact-name(distribution-gpg-keys)") == isDebian)
        #expect(packages.contains("?exact-name(kali-archive-keyring)") == isDebian)
        #expect(packages.contains("distribution-gpg-keys") == !isDebian)
        #expect(packages.contains("kali-archive-keyring") == (distribution == "kali"))
        #expect(packages.contains("archlinux-keyring") == !["centos", "opensuse"].contains(distribution))
        #expect(packages.contains("zypper") == !["centos", "postmarketos"].contains(distribution))
    }
}
