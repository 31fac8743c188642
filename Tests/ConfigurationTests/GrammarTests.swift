import Support
import Testing

@testable import Configuration

@Suite("The grammar of configuration files")
struct GrammarTests {
    @Test("comments, blank lines and continuation lines")
    func continuation() throws {
        let project = try Project([
            "mkosi.conf": """
            # first
            [Content]
            Packages=
                one,two
                # a comment in between

                ; another
            \tthree
            Hostname = box
            """
        ])
        let image = try project.load()
        #expect(image[.packages] == ["one", "three", "two"])
        #expect(image[.hostname] == "box")
    }

    @Test("a hash starts a comment anywhere in a line")
    func hash() throws {
        #expect(try Project(["mkosi.conf": "[Content]\nHostname=a#b # c\n"]).load()[.hostname] == "a")
    }

    @Test("line ends of other systems and a byte order mark")
    func lineEnds() throws {
        let image = try Project(["mkosi.conf": "\u{feff}[Content]\r\nHostname=box\r\nPackages=a\r\n  b\r\n"]).load()
        #expect(image[.hostname] == "box")
        #expect(image[.packages] == ["a", "b"])
    }

    @Test("repeated sections add up")
    func repeated() throws {
        let image = try Project(["mkosi.conf": "[Content]\nPackages=a\n[Output]\nOutput=x\n[Content]\nPackages=b\n"])
            .load()
        #expect(image[.packages] == ["a", "b"])
    }

    @Test(
        "lines that make no sense",
        arguments: [
            ("[Content\nHostname=x\n", "mkosi.conf:1:1: a section must have the form [Name]"),
            ("[]\n", "mkosi.conf:1:1: a section must have the form [Name]"),
            ("[Content]\nHostname\n", "mkosi.conf:2:1: this line is neither [Section] nor Name=value"),
            ("[Content]\n=x\n", "mkosi.conf:2:1: this line is neither [Section] nor Name=value"),
            ("Hostname=x\n", "mkosi.conf:1:1: a setting must be below a [Section]"),
        ]
    )
    func nonsense(text: String, message: String) throws {
        let project = try Project(["mkosi.conf": text])
        #expect(project.failure()?.message == "\(project.directory)/\(message)")
    }

    @Test("the offending text is underlined")
    func underlined() throws {
        let project = try Project(["mkosi.conf": "[Output]\nSplitArtifacts=kernel,\n  initrd, kernle\n"])
        let failure = try #require(project.failure())
        #expect(failure.message == "\(project.directory)/mkosi.conf:3:11: SplitArtifacts= cannot be \"kernle\"")
        #expect(failure.excerpt == ["3 |   initrd, kernle", "  |           ^^^^^^"])
        #expect(failure.hint?.hasPrefix("Did you mean \"kernel\"?") == true)
    }

    @Test("the underline is under the text also behind wide characters and control characters")
    func underlinedWide() throws {
        let project = try Project(["mkosi.conf": "[Output]\nManifestFormat=\u{1b}é,json\n"])
        #expect(project.failure()?.excerpt == ["2 | ManifestFormat=\u{fffd}é,json", "  |                ^^"])
    }

    @Test("an unknown setting is a warning with the nearest name, and nothing else")
    func unknownSetting() throws {
        let loaded = try Project(["mkosi.conf": "[Content]\nPackage=a\nHostname=box\n"]).loadAll()
        #expect(loaded.images[0][.hostname] == "box")
        #expect(loaded.warnings.count == 1)
        #expect(loaded.warnings[0].message.hasSuffix("mkosi.conf:2:1: there is no setting Package="))
        #expect(loaded.warnings[0].hint == "Did you mean Packages?")
        #expect(loaded.warnings[0].excerpt == ["2 | Package=a", "  | ^^^^^^^"])
    }

    @Test("a known setting in the wrong section is used, with a warning")
    func wrongSection() throws {
        let loaded = try Project(["mkosi.conf": "[Output]\nHostname=box\n"]).loadAll()
        #expect(loaded.images[0][.hostname] == "box")
        let expected = "Hostname= belongs in section [Content], not [Output]"
        #expect(loaded.warnings.first?.message.hasSuffix(expected) == true)
    }

    @Test("an unknown section is ignored, with a warning")
    func unknownSection() throws {
        let loaded = try Project(["mkosi.conf": "[Contents]\nHostname=box\n"]).loadAll()
        #expect(loaded.images[0][.hostname] == nil)
        #expect(loaded.warnings.first?.hint == "Did you mean Content?")
    }

    @Test("settings of former days")
    func oldNames() throws {
        let image = try Project(["mkosi.conf": "[Config]\nProfile=\n[Build]\nPackageManagerTrees=\(#filePath)\n"])
            .load()
        #expect(image[.sandboxTrees] == [Tree(source: #filePath)])
    }
}
