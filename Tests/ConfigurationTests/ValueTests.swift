import ByteKeys
import Support
import Testing

@testable import Configuration

@Suite("Values of settings")
struct ValueTests {
    @Test(
        "texts that are read",
        arguments: [
            ("WithDocs", "no", Value.bool(false)),
            ("WithDocs", "TRUE", .bool(true)),
            ("WithDocs", "0", .bool(false)),
            ("CleanPackageMetadata", "auto", .text("auto")),
            ("CleanPackageMetadata", "yes", .text("enabled")),
            ("CleanPackageMetadata", "off", .text("disabled")),
            ("OutputSize", "1", .integer(4096)),
            ("OutputSize", "4096", .integer(4096)),
            ("OutputSize", "3K", .integer(4096)),
            ("OutputSize", "2G", .integer(2 << 30)),
            ("OutputSize", "1.5M", .integer(1_572_864)),
            ("OutputMode", "0640", .integer(0o640)),
            ("SectorSize", "4096", .integer(4096)),
            ("CompressLevel", "19", .integer(19)),
            ("SourceDateEpoch", "0", .integer(0)),
            ("Seed", "2F9225C9d03346399869b1f238a9ff0b", .text("2f9225c9-d033-4639-9869-b1f238a9ff0b")),
            ("Seed", "random", .text("11111111-2222-4333-8444-555555555555")),
            ("CompressOutput", "yes", .text("zstd")),
            ("CompressOutput", "no", .text("none")),
            ("CompressOutput", "xz", .text("xz")),
            ("Incremental", "yes", .text("yes")),
            ("Incremental", "strict", .text("strict")),
            ("CacheOnly", "true", .text("always")),
            ("CacheOnly", "no", .text("auto")),
            ("CacheOnly", "metadata", .text("metadata")),
            ("RootPassword", "secret", .password(Password(text: "secret", isHashed: false))),
            ("RootPassword", "hashed:", .password(Password(text: "", isHashed: true))),
            ("Architecture", "riscv64", .text("riscv64")),
            ("Distribution", "acme-linux", .text("acme")),
            ("Format", "crate", .text("box")),
            ("VSockCID", "hash", .integer(-2)),
            ("SecureBootKeySource", "engine:pkcs11", .source(.init(type: "engine", source: "pkcs11"))),
            ("Splash", "/usr/../splash.bmp", .text("/splash.bmp")),
            ("AcmeMode", "fast", .text("fast")),
            ("Timezone", "America/Argentina/Buenos_Aires", .text("America/Argentina/Buenos_Aires")),
            ("Timezone", "Etc/GMT+5", .text("Etc/GMT+5")),
            ("Hostname", "host-1.example.org.", .text("host-1.example.org.")),
            ("Hostname", "node-????", .text("node-????")),
            ("Locale", "ca_ES.UTF-8@valencia", .text("ca_ES.UTF-8@valencia")),
            ("Keymap", "de-latin1-nodeadkeys", .text("de-latin1-nodeadkeys")),
            ("BuildScripts", "/does/not/exist", .list(["/does/not/exist"])),
        ]
    )
    func accepted(setting: String, text: String, value: Value) throws {
        #expect(try Project().load((setting, text)).value(named: setting) == value)
    }

    @Test(
        "texts that are refused",
        arguments: [
            ("WithDocs", "maybe"), ("CleanPackageMetadata", "sometimes"), ("OutputSize", "0"), ("OutputSize", "-1"),
            ("OutputSize", "9999999999G"), ("OutputSize", "9223372036854775807"), ("OutputSize", "K"),
            ("OutputMode", "0999"), ("OutputMode", "77777"), ("SectorSize", "1000"), ("CompressLevel", "high"),
            ("CompressLevel", "99"), ("SourceDateEpoch", "-1"), ("Seed", "abc"), ("CompressOutput", "zip"),
            ("Incremental", "maybe"), ("Architecture", "z80"), ("Output", "a/b"), ("Output", ".."),
            ("Distribution", "nowhere"), ("Format", "nothing"), ("VSockCID", "2"), ("SecureBootKeySource", "magic"),
            ("VerityKeySource", "provider:/evil.so"), ("VerityKeySource", "engine:../../evil"),
            ("VerityCertificateSource", "provider:evil.so"), ("SecureBootKeySource", "provider:evil/\u{301}x"),
            ("SecureBootCertificateSource", "provider: pkcs11"), ("SignExpectedPcrKeySource", "engine:evil.so"),
            ("SignExpectedPcrCertificateSource", "provider:/evil"),
            ("Splash", "splash.bmp"), ("OciLabels", "novalue"), ("Environment", "=x"), ("Profiles", "../x"),
            ("ManifestFormat", "json,yaml"), ("SkeletonTrees", "/does/not/exist"), ("SkeletonTrees", ":/etc"),
            ("PackageDirectories", "/does/not/exist"), ("MinimumVersion", "new"), ("AcmeMode", "idle"),
            ("ProxyClientKey", "/does/not/exist"), ("Timezone", "../../etc/passwd"), ("Timezone", "/etc/passwd"),
            ("Timezone", "Europe//Berlin"), ("Timezone", "x y"), ("Hostname", "a b"), ("Hostname", "-a"),
            ("Hostname", "a..b"), ("Hostname", "a/b"), ("Hostname", String(repeating: "a", count: 65)),
            ("Locale", "../C"), ("Locale", "x y"), ("LocaleMessages", "a\"b"), ("Keymap", ".."), ("Keymap", "a/b"),
            ("Keymap", "a b"),
        ]
    )
    func refused(setting: String, text: String) throws {
        let failure = try #require(try Project().failure((setting, text)))
        #expect(failure.code == .usage)
        #expect(failure.message.contains("\(setting)="))
    }

    @Test("a refused value says which option, and the nearest word")
    func hint() throws {
        let failure = try Project().failure(("Incremental", "stict"))
        #expect(failure?.message == "--incremental: Incremental= cannot be \"stict\"")
        #expect(failure?.hint == "Did you mean \"strict\"? Allowed: yes, no, strict, a boolean")
    }

    @Test("a module of OpenSSL has a name, not a path")
    func module() throws {
        let failure = try Project().failure(("VerityKeySource", "provider:/tmp/evil.so"))
        let expected = "VerityKeySource= needs the name of a provider or an engine of OpenSSL, not \"/tmp/evil.so\""
        #expect(failure?.message == "--verity-key-source: \(expected)")
        #expect(failure?.hint?.contains("provider:pkcs11") == true)
    }

    @Test("an unknown distribution lists those of the installed plugins")
    func unknownDistribution() throws {
        let failure = try Project().failure(("Distribution", "nowhere"))
        #expect(
            failure?.message
                == "--distribution: Distribution= cannot be \"nowhere\": the installed plugins provide "
                + "acme, homemade, umbra"
        )
        #expect(failure?.hint?.contains("mkosi plugin list") == true)
    }

    @Test("without plugins there is nothing to choose from")
    func noPlugins() throws {
        let project = try Project()
        project.catalogue = PluginFacts(manifests: [])
        #expect(
            project.failure(("Format", "box"))?.message
                == "--format: Format= cannot be \"box\": no installed plugin provides a format"
        )
        #expect(project.failure() == nil)
    }

    @Test("lists: commas, spaces and line ends separate, empty elements vanish")
    func lists() throws {
        let image = try Project(["mkosi.conf": "[Content]\nPackages=b , a,,python3dist(x) y\n   /usr/bin/ld\n"]).load()
        #expect(image[.packages] == ["a", "b", "python3dist(x)", "y", "/usr/bin/ld"])
    }

    @Test("the empty assignment forgets a list, its default, and what later ones add to")
    func reset() throws {
        let project = try Project([
            "mkosi.conf": "[Content]\nPackages=a\nPackages=\nPackages=b\n[Output]\nSplitArtifacts=\n"
        ])
        let image = try project.load()
        #expect(image[.packages] == ["b"])
        #expect(image[.splitArtifacts] == [])
        #expect(try Project().load()[.splitArtifacts] == ["uki", "kernel", "initrd"])
    }

    @Test("the empty assignment brings a single value back to its default")
    func resetSingle() throws {
        let project = try Project(["mkosi.conf": "[Output]\nOutput=x\nOutput=\nCompressLevel=9\n"])
        #expect(try project.load()[.output] == "image")
        #expect(try project.load(("CompressLevel", ""))[.compressLevel] == 3)
        #expect(try project.load()[.compressLevel] == 9)
    }

    @Test("environment: quotes, later entries win, names alone are passed through")
    func environment() throws {
        let project = try Project([
            "mkosi.conf": """
            [Build]
            Environment=A=1 "B=two words" GREETING ABSENT
            Environment=A=3 C='x y'\\ z D=
            """
        ])
        #expect(
            try project.load()[.environment]
                == ["A": "3", "B": "two words", "C": "x y z", "D": "", "GREETING": "hello world", "ABSENT": ""]
        )
        #expect(try project.load(("Environment", ""))[.environment] == [:])
    }

    @Test("trees: a target is a path in the image and never leaves it")
    func trees() throws {
        let project = try Project([
            "tree/": "", "mkosi.conf": "[Content]\nExtraTrees=tree,tree:/opt,tree:usr/../../x\n",
        ])
        let source = "\(project.directory)/tree"
        #expect(
            try project.load()[.extraTrees]
                == [Tree(source: source), Tree(source: source, target: "/opt"), Tree(source: source, target: "/x")]
        )
    }

    @Test("an extra tree may come into being later, a skeleton tree may not")
    func missingTrees() throws {
        #expect(try Project().load(("ExtraTrees", "later"))[.extraTrees].count == 1)
        #expect(try Project().failure(("SkeletonTrees", "later")) != nil)
    }

    @Test("paths: home, variables, links")
    func paths() throws {
        let project = try Project(["real/": ""])
        try FileManagerLinks.link("\(project.directory)/link", to: "real")
        project.host.environment["WHERE"] = "link"
        func output(_ text: String) throws -> String? { try project.load(("OutputDirectory", text))[.outputDirectory] }
        #expect(try output("~/out") == "/home/me/out")
        #expect(try output("$WHERE/new") == "\(project.directory)/real/new")
        #expect(try output("${WHERE}/a/../b") == "\(project.directory)/real/b")
        #expect(try output("$UNSET/a") == "\(project.directory)/$UNSET/a")
    }

    @Test("scripts: patterns give sorted paths")
    func scripts() throws {
        let project = try Project(["b.sh": "", "a.sh": "", "c.txt": ""])
        let image = try project.load(("BuildScripts", "*.sh"))
        #expect(image.value(named: "BuildScripts") == .list(["a.sh", "b.sh"].map { "\(project.directory)/\($0)" }))
    }

    @Test("every row has a section, an option, help, and a default that its kind can be")
    func table() throws {
        let registry = Registry(catalogue: PluginFacts(manifests: []))
        #expect(registry.settings.count == 188)
        #expect(Set(registry.names).count == 188)
        #expect(Set(registry.options).count == 188)
        for row in registry.settings {
            #expect(row.option.hasPrefix("--"), "\(row.name)")
            #expect(!row.help.isEmpty && !row.help.hasSuffix("."), "\(row.name)")
            if let other = row.storedAs { #expect(registry.setting(named: other)?.storedAs == nil) }
        }
        let image = try Project().load()
        for row in registry.settings {
            #expect(isShape(image.value(named: row.name), of: row.kind), "\(row.name)")
        }
    }

    private func isShape(_ value: Value, of kind: ValueKind) -> Bool {
        switch (kind, value) {
        case (.boolean, .bool), (.list(.tree, _), .trees), (.dictionary, .dictionary): true
        case (.list(.drive, _), .drives), (.list(.kernelProfile, _), .kernelProfiles): true
        case (.list(.credential, _), .credentials), (.list, .unset): true
        case (.list(.tree, _), _), (.boolean, _), (.dictionary, _): false
        case (.list, .list): true
        case (.list, _): false
        case (.feature, .text(let text)): Feature(rawValue: text) != nil
        case (.integer, .integer), (.size, .integer), (.mode, .integer), (.sectorSize, .integer): true
        case (.source, .source), (.socketID, .integer), (_, .unset), (_, .text): true
        default: false
        }
    }
}
