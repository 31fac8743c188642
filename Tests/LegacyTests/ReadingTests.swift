import ByteKeys
import JSON
import PluginWire
import Testing

/// How files of the first generations are read.
@Suite("Reading old files")
struct ReadingTests {
    private func image(_ text: String, _ arguments: String...) throws -> ByteDictionary<JSON> {
        let project = try OldProject(["mkosi.default": text])
        return try project.image()
    }

    private func packages(_ text: String) throws -> [String] { list(try image(text)["Packages"]) }

    private func list(_ value: JSON?) -> [String] {
        if case .array(let values) = value { values.compactMap(\.string) } else { [] }
    }

    @Test(
        "elements are separated by commas, spaces and line ends",
        arguments: [
            "Packages=one,two three",
            "Packages = one, two, three,",
            "Packages=one two\n  three\n",
            "Packages=\n    one\n    two\n    three",
            "Packages=\n    one,\n    two,\n\n    three,\n",
            "Packages=one # the first\n    # a line of its own\n    two,three # the rest",
            "Packages=one\nPackages=two,three",
            "Packages:one two three",
            "packages=one\nPACKAGES=two three",
            "package=one,two,three",
            "; a remark\n\tPackages=one\nPackages=one two three",
        ]
    )
    func lists(text: String) throws {
        #expect(Set(try packages("[Packages]\n\(text)\n")) == ["one", "two", "three"])
    }

    @Test("an expression in parentheses is one element")
    func parentheses() throws {
        #expect(try packages("[Packages]\nPackages=one (two if three) four\n") == ["four", "one", "(two if three)"])
    }

    @Test("settings count without a section, and in any section")
    func sections() throws {
        #expect(try packages("Packages=one\n") == ["one"])
        #expect(try packages("[Distribution]\nPackages=one\n[Nowhere]\nPackages=two\n") == ["one", "two"])
    }

    @Test("an element after an exclamation mark takes earlier ones back")
    func takenBack() throws {
        #expect(try packages("[Packages]\nPackages=one two\nPackages=!one three\n") == ["three", "two"])
        #expect(try packages("[Packages]\nPackages=one two\nPackages=!*\n") == [])
        #expect(try packages("[Packages]\nPackages=lib-a lib-b x\nPackages=!lib-*\n") == ["x"])
        let project = try OldProject(["mkosi.default": "[Packages]\nPackages=one two\n"])
        #expect(list(try project.image("--package", "!one,three")["Packages"]) == ["three", "two"])
    }

    @Test("a percent sign is one")
    func percent() throws {
        #expect(try image("[Output]\nKernelCommandLine=a=50%d\n")["KernelCommandLine"] == .array([.string("a=50%d")]))
    }

    @Test("a comment in the middle of a word is told")
    func mark() throws {
        let project = try OldProject(["mkosi.default": "[Output]\nHostname=a#b\n"])
        let run = project.run(["summary"])
        #expect(run.errors.contains("mkosi.default:2:1: the value of Hostname= ends at the #"))
        #expect(try project.image()["Hostname"] == "a")
    }

    @Test("what is neither section nor assignment is refused with its place")
    func garbage() throws {
        let project = try OldProject(["mkosi.default": "[Output]\nnonsense\n"])
        let run = project.run(["summary"])
        #expect(run.status != 0)
        #expect(run.errors.contains("mkosi.default:2:1:"))
        #expect(run.errors.contains("^^^^^^^^"))
    }

    @Test("a bad value is refused with its place in the old file")
    func badValue() throws {
        let project = try OldProject(["mkosi.default": "# remark\n[Output]\nBootable=perhaps\n"])
        let run = project.run(["summary"])
        #expect(run.status != 0)
        #expect(run.errors.contains("mkosi.default:3:10:"))
    }

    @Test("an unknown setting is ignored with the nearest name")
    func unknown() throws {
        let project = try OldProject(["mkosi.default": "[Output]\nBotable=yes\n"])
        let run = project.run(["summary"])
        #expect(run.status == 0)
        #expect(run.errors.contains("there is no setting Botable="))
        #expect(run.errors.contains("Did you mean Bootable?"))
    }

    @Test("paths start from the project's directory, wherever a link leads")
    func link() throws {
        let project = try OldProject([
            ".mkosi/mkosi.acme": "[Packages]\nExtraTrees=tree\nBuildPackages=gcc\n", "mkosi.build": "#!/bin/sh\n",
        ])
        try project.write("tree/")
        try project.link("mkosi.default", to: ".mkosi/mkosi.acme")
        let image = try project.image()
        #expect("\(image["ExtraTrees"] ?? .null)".contains("\(project.path)/tree"))
        #expect("\(image["BuildScripts"] ?? .null)".contains("\(project.path)/mkosi.build"))
    }

    @Test("drop-ins count after the main file, those of a distribution after the others and only for it")
    func dropIns() throws {
        let project = try OldProject([
            "mkosi.default": "[Distribution]\nDistribution=umbra\n[Output]\nHostname=main\n[Packages]\nPackages=main\n",
            "mkosi.default.d/20-b": "[Output]\nHostname=b\n[Packages]\nPackages=b\n",
            "mkosi.default.d/10-a.conf": "[Output]\nHostname=a\n[Packages]\nPackages=a\n",
            "mkosi.default.d/umbra/05-mkosi.umbra": "[Packages]\nPackages=u\n",
            "mkosi.default.d/acme/05-mkosi.acme": "[Packages]\nPackages=never\n[Output]\nHostname=never\n",
        ])
        let image = try project.image()
        #expect(image["Hostname"] == .string("b"))
        #expect(list(image["Packages"]) == ["a", "b", "main", "u"])
        let other = try project.image("--distribution=acme")
        #expect(list(other["Packages"]) == ["a", "b", "main", "never"])
    }

    @Test("--default names another file, and drop-ins still count")
    func otherFile() throws {
        let project = try OldProject([
            "mkosi.default": "[Packages]\nPackages=no\n",
            "other.settings": "[Packages]\nPackages=yes\n",
            "mkosi.default.d/x.conf": "[Packages]\nPackages=x\n",
        ])
        #expect(list(try project.image("--default=other.settings")["Packages"]) == ["x", "yes"])
    }

    @Test("--all goes through mkosi.files, and --all-directory through another directory", arguments: ["-a", "--all"])
    func all(option: String) throws {
        let project = try OldProject([
            "mkosi.files/mkosi.one": "[Output]\nHostname=one\n", "mkosi.files/mkosi.two": "[Output]\nHostname=two\n",
            "mkosi.files/readme": "not a setting", "elsewhere/mkosi.three": "[Output]\nHostname=three\n",
        ])
        let images = try project.images(option)
        #expect(images.map { $0["Hostname"] } == [.string("one"), .string("two")])
        let others = try project.images(option, "--all-directory=elsewhere")
        #expect(others.map { $0["Hostname"] } == [.string("three")])
        let overridden = try project.images(option, "--hostname=x")
        #expect(overridden.map { $0["Hostname"] } == [.string("x"), .string("x")])
    }

    @Test("files of today win, and the old ones are named")
    func both() throws {
        let project = try OldProject(["mkosi.conf": "[Content]\nHostname=new\n"])
        try project.write("mkosi.default", "[Output]\nHostname=old\n")
        #expect(try project.image()["Hostname"] == .string("new"))
        #expect(project.run(["summary"]).errors.contains("mkosi.default is ignored"))
        let linked = try OldProject(["mkosi.conf": "[Content]\nHostname=new\n"])
        try linked.link("mkosi.default", to: "mkosi.conf")
        #expect(!linked.run(["summary"]).errors.contains("is not read"))
    }

    @Test("what was so without being said")
    func defaults() throws {
        let image = try image("[Packages]\nPackages=x\n")
        #expect(image["Format"] == .string("gpt_ext4"))
        #expect(image["Bootable"] == .string("disabled"))
        #expect(image["WithDocs"] == .bool(false))
        #expect(image["CompressOutput"] == .string("none"))
        #expect(try self.image("[Output]\nFormat=tar\n")["CompressOutput"] == .string("xz"))
        #expect(try self.image("[Packages]\nWithDocs=yes\n")["WithDocs"] == .bool(true))
    }

    @Test("files that counted by existing")
    func sidecars() throws {
        let project = try OldProject(["mkosi.default": "[Validation]\nPasswordIsHashed=yes\n"])
        try project.write("mkosi.rootpw", "$6$salt$hash\n", mode: 0o600)
        for name in ["mkosi.secure-boot.key", "mkosi.secure-boot.crt", "mkosi.passphrase"] {
            try project.write(name, "x", mode: 0o600)
        }
        for name in ["mkosi.cache/", "mkosi.builddir/", "mkosi.workspace/", "mkosi.output/"] { try project.write(name) }
        let image = try project.image()
        let path = project.path
        #expect(image["RootPassword"] == .array([.string("$6$salt$hash"), .bool(true)]))
        #expect(image["SecureBootKey"] == .string("\(path)/mkosi.secure-boot.key"))
        #expect(image["SecureBootCertificate"] == .string("\(path)/mkosi.secure-boot.crt"))
        #expect(image["Passphrase"] == .string("\(path)/mkosi.passphrase"))
        #expect(image["PackageCacheDirectory"] == .string("\(path)/mkosi.cache"))
        #expect(image["BuildDirectory"] == .string("\(path)/mkosi.builddir"))
        #expect(image["WorkspaceDirectory"] == .string("\(path)/mkosi.workspace"))
        #expect(image["OutputDirectory"] == .string("\(path)/mkosi.output"))
    }

    @Test("a default path counted only where the setting was not assigned")
    func assignedTrees() throws {
        let project = try OldProject(["mkosi.default": "[Packages]\nExtraTrees=mine\n"])
        try project.write("mkosi.extra/")
        try project.write("mine/")
        let trees = "\(try project.image()["ExtraTrees"] ?? .null)"
        #expect(trees.contains("/mine") && !trees.contains("mkosi.extra"))
        let script = try OldProject(["mkosi.default": "[Packages]\nBuildScript=\n", "mkosi.build": "#!/bin/sh\n"])
        #expect(list(try script.image()["BuildScripts"]) == [])
    }
}
