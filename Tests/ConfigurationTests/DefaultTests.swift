import ByteKeys
import Glibc
import JSON
import PluginWire
import Support
import TestSupport
import Testing

@testable import Configuration

@Suite("Defaults")
struct DefaultTests {
    @Test("the host's own distribution and release")
    func host() throws {
        let project = try Project()
        #expect(try project.load()[.distribution] == "acme")
        #expect(try project.load()[.release] == "anvil")
        #expect(try project.load()[.architecture] == "x86-64")
        #expect(try project.load().localArchitecture == "amd64")
        #expect(try project.load(("Architecture", "s390x")).localArchitecture == nil)
    }

    @Test(
        "the release by the host's os-release",
        arguments: [
            (OSRelease(id: "acme", version: "8"), "hammer"),
            (OSRelease(id: "acme", version: "9", codename: "tongs"), "tongs"),
            (OSRelease(id: "acme"), "hammer"),
            (OSRelease(id: "umbra", version: "41"), "40"),
        ]
    )
    func releases(osRelease: OSRelease, release: String) throws {
        let project = try Project()
        project.host.osRelease = osRelease
        #expect(try project.load()[.release] == release)
    }

    @Test("another distribution has the release that its plugin proposes")
    func other() throws {
        let project = try Project()
        project.host.osRelease = OSRelease(id: "umbra", version: "40")
        #expect(try project.load(("Distribution", "acme"))[.release] == "hammer")
    }

    @Test("a host that no plugin knows means one's own tree, a host like one that is known means that one")
    func unknownHost() throws {
        let project = try Project()
        project.host.osRelease = OSRelease(id: "strange")
        #expect(try project.load()[.distribution] == "homemade")
        project.host.osRelease = OSRelease(id: "strange", idLike: ["other", "acme"])
        #expect(try project.load()[.distribution] == "acme")
        #expect(try project.load()[.release] == "hammer")
        project.catalogue = PluginFacts(manifests: [])
        #expect(try project.load()[.distribution] == nil)
    }

    @Test("output names")
    func output() throws {
        let project = try Project()
        #expect(try project.load()[.format] == "plain")
        #expect(try project.load().outputFileName == "image")
        #expect(try project.load(("Format", "box")).outputFileName == "image.box.zst")
        #expect(try project.load(("Format", "box"), ("CompressOutput", "no")).outputFileName == "image.box")
        #expect(try project.load(("Format", "drum")).outputFileName == "image.drum")
        #expect(try project.load(("Format", "drum"), ("CompressOutput", "xz")).outputFileName == "image.drum.xz")
        #expect(try project.load(("Format", "plain"), ("CompressOutput", "xz")).outputFileName == "image")
        #expect(try project.load(("Format", "box"), ("OutputExtension", "x")).outputFileName == "image.x.zst")
        #expect(try project.load(("Format", "box"), ("OutputExtension", "")).outputFileName == "image.box.zst")
        #expect(try project.load(("Format", "shell"))[.compressOutput] == "zstd")
        #expect(try project.load(("Format", "shell")).outputFileName == "image.shell")
        #expect(try project.load(("Format", "shell"), ("CompressOutput", "xz")).outputFileName == "image.shell")
        #expect(try project.load(("ImageId", "id")).outputFileName == "id")
        #expect(try project.load(("ImageId", "id"), ("ImageVersion", "3"))[.output] == "id_3")
        #expect(try project.load(("ImageVersion", "3"))[.output] == "image_3")
        #expect(try project.load(("ImageId", "id"), ("Output", "o"))[.output] == "o")
        #expect(try project.load().outputDirectory == project.directory)
    }

    @Test("values from the environment")
    func environment() throws {
        let project = try Project()
        #expect(try project.load()[.sourceDateEpoch] == nil)
        project.host.environment["SOURCE_DATE_EPOCH"] = "12"
        project.host.environment["https_proxy"] = "http://proxy"
        project.host.environment["no_proxy"] = "a, b"
        let image = try project.load()
        #expect(image[.sourceDateEpoch] == 12)
        #expect(image[.proxyURL] == "http://proxy")
        #expect(image[.proxyExclude] == ["a", "b"])
        #expect(try project.load(("Environment", "http_proxy=http://own"))[.proxyURL] == "http://own")
        #expect(try project.load(("Environment", "SOURCE_DATE_EPOCH=13"))[.sourceDateEpoch] == 13)
        #expect(try project.load(("SourceDateEpoch", "14"))[.sourceDateEpoch] == 14)
        project.host.environment["SOURCE_DATE_EPOCH"] = "soon"
        #expect(throws: Failure.self) { try project.load() }
        #expect(try project.load(("SourceDateEpoch", "14"))[.sourceDateEpoch] == 14)
    }

    @Test("values that follow others")
    func following() throws {
        let project = try Project(["cert.pem": "x"])
        try project.write("cert.pem", "x", mode: 0o600)
        #expect(try !project.load()[.checksum])
        #expect(try project.load(("Sign", "yes"))[.checksum])
        #expect(try !project.load(("Sign", "yes"), ("Checksum", "no"))[.checksum])
        #expect(
            try project.load(("ProxyClientCertificate", "cert.pem"))[.proxyClientKey]?.hasSuffix("cert.pem") == true
        )
        #expect(try project.load()[.buildSources] == [Tree(source: project.directory)])
    }

    @Test("directories outside of the project")
    func directories() throws {
        let image = try Project().load()
        #expect(image.packageCacheDirectory(environment: ["XDG_CACHE_HOME": "/x"]) == "/x/mkosi")
        #expect(image.packageCacheDirectory(environment: ["HOME": "/h"]) == "/h/.cache/mkosi")
        #expect(image.workspaceDirectory(environment: ["CACHE_DIRECTORY": "/c", "HOME": "/h"]) == "/c")
        #expect(try Project().load(("WorkspaceDirectory", "/w")).workspaceDirectory(environment: [:]) == "/w")
    }

    @Test("a tree of one's own has the architecture by the host's name")
    func customArchitecture() throws {
        let image = try Project().load(("Distribution", "homemade"), ("Architecture", "arm64"))
        #expect(image.localArchitecture == "arm64")
    }

    @Test("without a home of one's own nothing is shared with other users")
    func homeless() throws {
        let image = try Project().load()
        let user = geteuid()
        let locks = image.lockDirectory(environment: [:])
        if user == 0 {
            #expect(image.packageCacheDirectory(environment: [:]) == "/var/cache/mkosi")
            #expect(image.workspaceDirectory(environment: [:]) == "/var/tmp")
            #expect(locks == "/var/cache/mkosi/locks")
        } else {
            let home = getpwuid(user).map { String(cString: $0.pointee.pw_dir) } ?? ""
            let places = ["\(home)/.cache", "/var/tmp/mkosi-\(user)"]
            #expect(places.contains(image.workspaceDirectory(environment: [:])))
            #expect(places.contains { locks == "\($0)/mkosi/locks" })
        }
    }

    @Test("directories of another user are not used, whatever the environment says", .needsRoot)
    func foreignHome() throws {
        let project = try Project(["home/": ""])
        let home = "\(project.directory)/home"
        let image = try project.load()
        #expect(image.lockDirectory(environment: ["HOME": home]) == "\(home)/.cache/mkosi/locks")
        #expect(image.lockDirectory(environment: ["XDG_CACHE_HOME": home]) == "\(home)/mkosi/locks")
        chown(home, 61_234, 61_234)
        for name in ["HOME", "XDG_CACHE_HOME", "CACHE_DIRECTORY"] {
            #expect(image.lockDirectory(environment: [name: home]) == "/var/cache/mkosi/locks", "\(name)")
            #expect(image.packageCacheDirectory(environment: [name: home]) == "/var/cache/mkosi", "\(name)")
            // It would be root's, in a directory of that user.
            #expect(image.lockDirectory(environment: [name: "\(home)/new"]) == "/var/cache/mkosi/locks", "\(name)")
        }
    }

    @Test("os-release files")
    func osRelease() {
        let text = "# comment\nID=acme\nID_LIKE=\"other  more\"\nVERSION_ID='7'\nVERSION_CODENAME=\nnonsense\n"
        #expect(OSRelease(text: text) == OSRelease(id: "acme", idLike: ["other", "more"], version: "7"))
    }

    @Test("names of machines")
    func architectures() {
        #expect(Architecture.named(machine: "x86_64") == "x86-64")
        #expect(Architecture.named(machine: "aarch64") == "arm64")
        #expect(Architecture.named(machine: "riscv64") == "riscv64")
        #expect(Architecture.all.contains(Architecture.current()))
    }

    @Test("settings that a plugin adds")
    func pluginSettings() throws {
        let project = try Project(["mkosi.conf": "[Content]\nAcmeMode=fast\n"])
        #expect(
            try project.load().json(of: ["AcmeMode", "Unknown", "WithDocs"]) == ["AcmeMode": "fast", "WithDocs": true]
        )
        #expect(try Project().load().value(named: "AcmeMode") == .text("slow"))
        #expect(Registry(catalogue: project.catalogue).setting(option: "--acme-mode")?.plugin == "acme-plugin")
        project.catalogue = PluginFacts(manifests: [])
        #expect(try project.loadAll().warnings.first?.message.hasSuffix("there is no setting AcmeMode=") == true)
    }
}
