import Support
import System
import Testing

@testable import Configuration

@Suite("Files and their order")
struct OrderTests {
    @Test("later files win, lists add up, drop-ins come in order of their names")
    func dropIns() throws {
        let project = try Project([
            "mkosi.conf": "[Content]\nHostname=main\nRemoveFiles=1\n",
            "mkosi.conf.d/20.conf": "[Content]\nHostname=twenty\nRemoveFiles=4\n",
            "mkosi.conf.d/10.conf": "[Content]\nHostname=ten\nRemoveFiles=2\n",
            "mkosi.conf.d/15/mkosi.conf": "[Content]\nRemoveFiles=3\n",
            "mkosi.conf.d/ignored.txt": "[Content]\nRemoveFiles=never\n",
        ])
        let loaded = try project.loadAll()
        #expect(loaded.images[0][.hostname] == "twenty")
        #expect(loaded.images[0][.removeFiles] == ["1", "2", "3", "4"])
        #expect(
            loaded.files.map { $0.path.dropFirst(project.directory.count + 1) } == [
                "mkosi.conf", "mkosi.conf.d/10.conf", "mkosi.conf.d/15/mkosi.conf", "mkosi.conf.d/20.conf",
            ]
        )
    }

    @Test("local configuration wins over files that are read later, the command line wins over all")
    func local() throws {
        let project = try Project([
            "mkosi.conf": "[Content]\nHostname=main\nRemoveFiles=main\n",
            "mkosi.conf.d/a.conf": "[Content]\nLocale=drop-in\n",
            "mkosi.local.conf": "[Content]\nHostname=local\nLocale=local\nRemoveFiles=local\nKeymap=file\n",
            "mkosi.local/mkosi.conf": "[Content]\nKeymap=directory\n",
        ])
        let image = try project.load(("RemoveFiles", "option"))
        #expect(image[.hostname] == "local")
        #expect(image[.locale] == "local")
        #expect(image[.keymap] == "directory")
        #expect(image[.removeFiles] == ["main", "local", "option"])
        #expect(try project.load(("Hostname", "option"))[.hostname] == "option")
        #expect(try project.load(("RemoveFiles", ""))[.removeFiles] == [])
    }

    @Test("a directory of drop-ins has local configuration and profiles like the top, but not what is included")
    func localInside() throws {
        let project = try Project([
            "mkosi.conf": "[Include]\nInclude=other\n",
            "mkosi.conf.d/x/mkosi.conf": "[Content]\nHostname=x\n",
            "mkosi.conf.d/x/mkosi.local.conf": "[Content]\nHostname=local\n",
            "mkosi.conf.d/x/mkosi.profiles/p.conf": "[Content]\nLocale=p\n",
            "other/mkosi.conf": "[Content]\nKeymap=other\n",
            "other/mkosi.local.conf": "[Content]\nKeymap=never\n",
            "other/mkosi.profiles/p/mkosi.conf": "[Content]\nTimezone=p\n",
        ])
        let image = try project.load(("Profiles", "p"))
        #expect(image[.hostname] == "local")
        #expect(image[.locale] == "p")
        #expect(image[.keymap] == "other")
        #expect(image[.timezone] == "p")
    }

    @Test("the directory mkosi is used if only it has configuration")
    func inner() throws {
        let project = try Project(["mkosi/mkosi.conf": "[Content]\nHostname=inner\n", "mkosi/mkosi.extra/": ""])
        #expect(try project.load()[.hostname] == "inner")
        #expect(try project.load()[.extraTrees] == [Tree(source: "\(project.directory)/mkosi/mkosi.extra")])
        try project.write("mkosi.conf", "[Content]\nHostname=outer\n")
        #expect(try project.load()[.hostname] == "outer")
        #expect(try project.load()[.extraTrees] == [])
    }

    @Test("without a directory no file is read")
    func noDirectory() throws {
        let project = try Project(["mkosi.conf": "[Content]\nHostname=main\n", "mkosi.extra/": ""])
        let loaded = try ConfigurationRequest(directory: nil).load(
            registry: Registry(catalogue: project.catalogue),
            catalogue: project.catalogue,
            host: project.host
        )
        #expect(loaded.images[0][.hostname] == nil)
        #expect(loaded.images[0][.extraTrees] == [])
        #expect(loaded.files.isEmpty)
    }

    @Test("files and directories that set a value by existing")
    func defaultPaths() throws {
        let project = try Project([
            "mkosi.conf": "[Content]\nExtraTrees=other\n",
            "mkosi.extra/": "", "other/": "", "mkosi.skeleton.tar": "", "mkosi.sandbox/": "", "mkosi.output/": "",
            "mkosi.cache/": "", "mkosi.packages/": "", "mkosi.build": "", "mkosi.build.d/b": "", "mkosi.build.d/a": "",
            "mkosi.version": "1.2\n", "mkosi.conf.d/x/mkosi.extra/": "",
        ])
        func path(_ name: String) -> String { "\(project.directory)/\(name)" }
        let image = try project.load()
        #expect(image[.extraTrees].map(\.source) == ["mkosi.extra", "other", "mkosi.conf.d/x/mkosi.extra"].map(path))
        #expect(image[.skeletonTrees] == [Tree(source: path("mkosi.skeleton.tar"))])
        #expect(image[.sandboxTrees] == [Tree(source: path("mkosi.sandbox"))])
        #expect(image[.outputDirectory] == path("mkosi.output"))
        #expect(image[.cacheDirectory] == path("mkosi.cache"))
        #expect(image[.packageDirectories] == [path("mkosi.packages")])
        #expect(
            image.value(named: "BuildScripts")
                == .list(["mkosi.build", "mkosi.build.d/a", "mkosi.build.d/b"].map(path))
        )
        #expect(image[.imageVersion] == "1.2")
        #expect(image.origin(of: "ImageVersion") == .defaultPath(path("mkosi.version")))
        #expect(try Project().load()[.extraTrees] == [])
    }

    @Test("a text file that is a program is run")
    func program() throws {
        let project = try Project()
        try project.write("mkosi.version", "#!/bin/sh\necho 3.4\n", mode: 0o755)
        #expect(try project.load()[.imageVersion] == "3.4")
    }

    @Test("a password that others can read is refused")
    func secret() throws {
        let project = try Project()
        try project.write("mkosi.rootpw", "hashed:$6$x\n", mode: 0o600)
        #expect(try project.load()[.rootPassword] == Password(text: "$6$x", isHashed: true))
        try project.write("mkosi.rootpw", "secret\n", mode: 0o644)
        #expect(project.failure()?.hint == "Run: chmod 600 \(project.directory)/mkosi.rootpw")
    }

    @Test("profiles: a file or a directory, after the drop-ins")
    func profiles() throws {
        let project = try Project([
            "mkosi.conf.d/a.conf": "[Content]\nHostname=drop-in\nRemoveFiles=a\n",
            "mkosi.profiles/one.conf": "[Content]\nHostname=one\nRemoveFiles=one\n",
            "mkosi.profiles/two/mkosi.conf": "[Content]\nRemoveFiles=two\n",
            "mkosi.profiles/two/mkosi.extra/": "",
        ])
        let image = try project.load(("Profiles", "two,one"))
        #expect(image[.hostname] == "one")
        #expect(image[.removeFiles] == ["a", "two", "one"])
        #expect(image[.extraTrees].count == 1)
        #expect(try project.load()[.hostname] == "drop-in")
        #expect(try project.load(("Profiles", "two,elsewhere"))[.hostname] == "drop-in")
    }

    @Test("includes are read where they stand, each once")
    func includes() throws {
        let project = try Project([
            "mkosi.conf": "[Content]\nRemoveFiles=1\n[Include]\nInclude=more.conf\n  dir\n[Content]\nRemoveFiles=4\n",
            "more.conf": "[Content]\nRemoveFiles=2\n[Include]\nInclude=more.conf,mkosi.conf\n",
            "dir/mkosi.conf": "[Content]\nRemoveFiles=3\n",
        ])
        #expect(try project.load()[.removeFiles] == ["1", "2", "1", "3", "4", "4"])
        try project.write("mkosi.conf", "[Include]\nInclude=none.conf\n")
        #expect(project.failure()?.message.contains("mkosi.conf:2:9: Include= names \"none.conf\"") == true)
        try project.write("mkosi.conf", "[Include]\nInclude=mkosi-tools\n")
        #expect(project.failure()?.message.contains("which no installed plugin provides") == true)
    }

    @Test("what the command line includes is weaker than the command line")
    func includeOption() throws {
        let project = try Project(["more.conf": "[Content]\nHostname=more\nLocale=more\n"])
        let image = try project.load(("Include", "more.conf"), ("Hostname", "option"))
        #expect(image[.hostname] == "option")
        #expect(image[.locale] == "more")
    }

    @Test("every assignment is remembered with its place")
    func origins() throws {
        let project = try Project([
            "mkosi.conf": "[Content]\n  RemoveFiles=a\n\nRemoveFiles=\n  b\nRemoveFiles=\n"
        ])
        let image = try project.load(("RemoveFiles", "c"))
        let path = "\(project.directory)/mkosi.conf"
        #expect(
            image.assignments(to: "RemoveFiles") == [
                Assignment(
                    origin: .file(path: path, line: 2, column: 3),
                    text: "a",
                    change: .append(.list(["a"]))
                ),
                Assignment(
                    origin: .file(path: path, line: 4, column: 1),
                    text: "\nb",
                    change: .append(.list(["b"]))
                ),
                Assignment(origin: .file(path: path, line: 6, column: 1), text: "", change: .reset),
                Assignment(origin: .option("--remove-files"), text: "c", change: .append(.list(["c"]))),
            ]
        )
        #expect(image.origin(of: "Hostname") == .standard)
        #expect(image.assignedSettings == ["RemoveFiles"])
    }

    @Test("a configuration for a newer generation is refused")
    func minimumVersion() throws {
        let project = try Project(["mkosi.conf": "[Config]\nMinimumVersion=26.1\n"])
        #expect(project.failure() == nil)
        try project.write("mkosi.conf", "[Config]\nMinimumVersion=99\n")
        #expect(project.failure()?.message.hasPrefix("\(project.directory)/mkosi.conf:2:1: MinimumVersion=") == true)
    }

    @Test("a file that cannot be read is named")
    func unreadable() throws {
        let project = try Project(["mkosi.conf.d/a.conf/": ""])
        try FileManagerLinks.link("\(project.directory)/mkosi.conf.d/loop.conf", to: "loop.conf")
        #expect(project.failure()?.message == "Cannot read \(project.directory)/mkosi.conf.d/loop.conf")
    }
}
