import Testing

@testable import Configuration

@Suite("Specifiers")
struct SpecifierTests {
    @Test(
        "what they stand for",
        arguments: [
            ("%d-%r-%a", "acme-anvil-x86-64"), ("%t", "plain"), ("%o", "thing_2"), ("%i %v", "thing 2"), ("%I", "main"),
            ("%F", "xfs"), ("100%%", "100%"), ("plain", "plain"), ("%%d", "%d"), ("%d\u{301}", "acme\u{301}"),
        ]
    )
    func values(text: String, expected: String) throws {
        let project = try Project([
            "mkosi.conf": "[Output]\nImageId=thing\nImageVersion=2\n[Content]\nRootShell=\(text)\n"
        ])
        let loaded = try project.loadAll()
        #expect(loaded.images[0][.rootShell] == expected)
        #expect(loaded.warnings.isEmpty)
    }

    @Test("directories, as the manual's table has them")
    func directories() throws {
        let line = "[Content]\nRemoveFiles=%C %P %D\n"
        let project = try Project([
            "mkosi.conf": line,
            "mkosi.conf.d/abc/abc.conf": "",
            "mkosi.conf.d/one.conf": line,
            "mkosi.conf.d/two/mkosi.conf": line,
        ])
        let top = project.directory
        #expect(
            try project.load()[.removeFiles] == [
                top, top, top,
                "\(top)/mkosi.conf.d", top, top,
                "\(top)/mkosi.conf.d/two", "\(top)/mkosi.conf.d/two", top,
            ]
        )
    }

    @Test("unknown and unset specifiers are warnings that show the place")
    func odd() throws {
        let project = try Project(["mkosi.conf": "[Content]\nRemoveFiles=a,%x,b%v,%\n"])
        let loaded = try project.loadAll()
        #expect(loaded.images[0][.removeFiles] == ["a", "b", "%"])
        #expect(loaded.warnings.count == 3)
        #expect(loaded.warnings[0].excerpt == ["2 | RemoveFiles=a,%x,b%v,%", "  |               ^^"])
        #expect(loaded.warnings[1].message.contains("ImageVersion=, which is not set yet"))
    }

    @Test("a percent sign on the command line is one")
    func option() throws {
        #expect(try Project().load(("RootShell", "%d"))[.rootShell] == "%d")
    }

    @Test("relative paths start from the directory of the main file")
    func relative() throws {
        let project = try Project([
            "mkosi.conf.d/a.conf": "[Content]\nExtraTrees=here\n",
            "mkosi.conf.d/b/mkosi.conf": "[Content]\nExtraTrees=here\n",
        ])
        #expect(
            try project.load()[.extraTrees].map(\.source)
                == ["\(project.directory)/here", "\(project.directory)/mkosi.conf.d/b/here"]
        )
    }

    @Test("specifiers that wait for the end")
    func delayed() throws {
        #expect(try Project().load()[.cacheOnly] == "auto")
        #expect(try Project().load().cacheKey == "acme~anvil~x86-64~main")
        #expect(try Project().load(("CacheKey", "&&&i-&v&x&")).cacheKey == "&-&x&")
    }
}
