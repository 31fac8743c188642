import Support
import Testing

@testable import Configuration

@Suite("Subimages")
struct SubimageTests {
    private func names(_ loaded: LoadedConfiguration) -> [String] { loaded.images.map(\.name) }

    @Test("directories and .conf files are images; the main image is the last")
    func all() throws {
        let project = try Project([
            "mkosi.conf": "[Content]\nPackages=main\nHostname=main\n",
            "mkosi.images/two/mkosi.conf": "[Content]\nPackages=two\n",
            "mkosi.images/two/mkosi.conf.d/a.conf": "[Content]\nPackages=drop-in\n",
            "mkosi.images/two/mkosi.extra/": "",
            "mkosi.images/one.conf": "[Content]\nPackages=one\nExtraTrees=here\n",
            "mkosi.images/README": "no image", "mkosi.images/.hidden.conf": "[",
        ])
        let loaded = try project.loadAll([("Packages", "option")])
        #expect(names(loaded) == ["one", "two", "main"])
        #expect(loaded.images.map { $0[.packages] } == [["one"], ["drop-in", "two"], ["main", "option"]])
        #expect(loaded.images.map { $0[.hostname] } == [nil, nil, "main"])
        #expect(loaded.images.map { $0[.output] } == ["one", "two", "image"])
        // A file has the directory of the project, a directory its own.
        #expect(loaded.images[0][.extraTrees] == [Tree(source: "\(project.directory)/here")])
        #expect(loaded.images[1][.extraTrees] == [Tree(source: "\(project.directory)/mkosi.images/two/mkosi.extra")])
        #expect(loaded.files.filter { $0.image == "two" }.count == 2)
    }

    @Test("the main image chooses, dependencies come along, and each image follows those that it needs")
    func dependencies() throws {
        let project = try Project([
            "mkosi.conf": "[Config]\nDependencies=a\n",
            "mkosi.images/a.conf": "[Config]\nDependencies=c,b\n", "mkosi.images/b.conf": "",
            "mkosi.images/c.conf": "[Config]\nDependencies=d\n", "mkosi.images/d.conf": "",
            "mkosi.images/unread.conf": "[Content]\nHostname\n",
        ])
        #expect(try names(project.loadAll()) == ["b", "d", "c", "a", "main"])
        #expect(try names(project.loadAll([("Dependencies", ""), ("Dependencies", "c")])) == ["d", "c", "main"])
        #expect(try names(project.loadAll([("Dependencies", "")])) == ["main"])
    }

    @Test("an unknown image is refused where it is named")
    func unknown() throws {
        let project = try Project([
            "mkosi.conf": "[Config]\nDependencies=base\n", "mkosi.images/base.conf": "[Config]\n\nDependencies=bass\n",
            "mkosi.images/bats.conf": "",
        ])
        let failure = try #require(project.failure())
        #expect(
            failure.message
                == "\(project.directory)/mkosi.images/base.conf:3:1: Dependencies= names \"bass\", but there is no such "
                + "image in \(project.directory)/mkosi.images"
        )
        #expect(failure.hint == "Did you mean \"base\"?")
        #expect(project.failure(("Dependencies", "zebra"))?.message.hasPrefix("--dependency: ") == true)
    }

    @Test("images that need each other are refused")
    func circle() throws {
        let project = try Project([
            "mkosi.images/a.conf": "[Config]\nDependencies=b\n", "mkosi.images/b.conf": "[Config]\nDependencies=c\n",
            "mkosi.images/c.conf": "[Config]\nDependencies=b\n",
        ])
        let failure = try #require(project.failure())
        #expect(
            failure.message
                == "\(project.directory)/mkosi.images/b.conf:2:1: the images have circular dependencies: b → c → b"
        )
        #expect(project.failure(("Dependencies", "a"))?.message == failure.message)
    }

    @Test("an image whose conditions fail is no image, and cannot be needed")
    func skipped() throws {
        let project = try Project([
            "mkosi.images/a/mkosi.conf": "[Match]\nDistribution=umbra\n", "mkosi.images/b.conf": "[Match]\nImage=c\n",
            "mkosi.images/c.conf": "",
        ])
        #expect(try names(project.loadAll()) == ["c", "main"])
        #expect(try names(project.loadAll([("Distribution", "umbra")])) == ["a", "c", "main"])
        try project.write("mkosi.images/c.conf", "[Config]\nDependencies=a\n")
        let failure = try #require(project.failure())
        #expect(
            failure.message
                == "\(project.directory)/mkosi.images/c.conf:2:1: Dependencies= names \"a\", "
                + "an image whose conditions do not hold"
        )
        #expect(try names(project.loadAll([("Distribution", "umbra")])) == ["a", "c", "main"])
    }

    @Test("two configurations of one image, and an image with the name of the main one, are refused")
    func twins() throws {
        let project = try Project(["mkosi.images/a.conf": "", "mkosi.images/a/": ""])
        #expect(project.failure()?.message.hasPrefix("There are two configurations of the image \"a\"") == true)
        #expect(try Project(["mkosi.images/main.conf": ""]).failure()?.message.contains("cannot be called") == true)
    }

    @Test("universal settings are the same for all images and refused in a subimage")
    func universal() throws {
        let project = try Project([
            "mkosi.conf": "[Distribution]\nDistribution=umbra\nRepositories=more\n[Build]\nProxyUrl=http://p\n",
            "mkosi.images/a.conf": "[Match]\nDistribution=umbra\nRepositories=more\n[Content]\nLocale=%d\n",
            "mkosi.output/": "",
        ])
        let image = try project.load(image: "a", ("WithTests", "no"))
        #expect(image[.distribution] == "umbra")
        #expect(image[.release] == "40")
        #expect(image[.locale] == "umbra")
        #expect(image.value(named: "WithTests") == .bool(false))
        #expect(image.value(named: "ProxyUrl") == .text("http://p"))
        #expect(image[.outputDirectory] == "\(project.directory)/mkosi.output")
        #expect(
            image.origin(of: "Distribution") == .file(path: "\(project.directory)/mkosi.conf", line: 2, column: 1)
        )
        #expect(image.origin(of: "WithTests") == .option("--with-tests"))

        for line in ["[Distribution]\nRelease=40\n", "[Build]\nProxyUrl=http://q\n", "[Build]\nWorkspaceDirectory=\n"] {
            try project.write("mkosi.images/a.conf", line)
            let failure = try #require(project.failure())
            #expect(failure.message.hasPrefix("\(project.directory)/mkosi.images/a.conf:2:1: "))
            #expect(failure.message.hasSuffix("cannot be set in a subimage: the main image sets it for all images"))
            #expect(failure.hint == "Set it in the main image, or put it behind a condition Image=main")
            #expect(failure.excerpt.count == 2)
        }
    }

    @Test("what belongs to the main image is refused in a subimage")
    func mainOnly() throws {
        let project = try Project(["mkosi.conf": "[Runtime]\nRAM=4G\n"])
        let lines = [
            "[Config]\nMinimumVersion=1\n", "[Config]\nPassEnvironment=A\n", "[Runtime]\nRAM=1G\n",
            "[Build]\nToolsTreeRelease=9\n", "[Build]\nHistory=yes\n",
        ]
        for line in lines {
            try project.write("mkosi.images/a.conf", line)
            #expect(
                project.failure()?.message.hasSuffix("cannot be set in a subimage: it belongs to the main image")
                    == true
            )
        }
        try project.write("mkosi.images/a.conf", "[Content]\nHostname=a\nKeymap=a\n")
        let image = try project.load(image: "a")
        #expect(image[.keymap] == "a")
        #expect(image.value(named: "RAM") != (try project.load().value(named: "RAM")))
    }

    @Test("a shared file can have settings of the main image behind a condition")
    func shared() throws {
        let project = try Project([
            "mkosi.conf": "[Include]\nInclude=shared.conf\n",
            "shared.conf": "[Content]\nLocale=%I\n[Include]\nInclude=%C/only.conf\n",
            "only.conf": "[Match]\nImage=main\n[Distribution]\nDistribution=umbra\n",
            "mkosi.images/a/mkosi.conf": "[Include]\nInclude=%D/shared.conf\n",
        ])
        let loaded = try project.loadAll()
        #expect(loaded.images.map { $0[.locale] } == ["a", "main"])
        #expect(loaded.images.map { $0[.distribution] } == ["umbra", "umbra"])
        #expect(loaded.skipped.map(\.image) == ["a"])
    }

    @Test("inherited settings are the main image's until a subimage has its own, also over the command line")
    func inherited() throws {
        let project = try Project([
            "mkosi.conf": "[Output]\nImageId=main\nImageVersion=2\nCompressLevel=5\n[Build]\nCacheKey=&I-&v\n",
            "mkosi.images/a.conf": "[Output]\nImageId=own\n",
            "mkosi.images/b.conf": "[Match]\nImageId=|main\nImageId=|option\n[Content]\nLocale=%v\n",
            "mkosi.images/c.conf": "[Output]\nImageVersion=\n[Build]\nBuildKey=-\n",
        ])
        let loaded = try project.loadAll([("ImageId", "option")])
        let images = loaded.images
        #expect(images.map { $0[.imageID] } == ["own", "option", "option", "option"])
        #expect(images.map { $0[.imageVersion] } == ["2", "2", nil, "2"])
        #expect(images.map { $0[.compressLevel] } == [5, 5, 5, 5])
        #expect(images.map(\.cacheKey) == ["a-2", "b-2", "c-", "main-2"])
        #expect(images.map(\.buildKey)[2] == nil)
        #expect(images[0].origin(of: "ImageId").description.hasSuffix("a.conf:2:1"))
        #expect(images[1].origin(of: "ImageId") == .option("--image-id"))
        #expect(try project.load(image: "b")[.locale] == "2")
    }

    @Test("profiles are those of the main image, read from the subimage's own directory")
    func profiles() throws {
        let project = try Project([
            "mkosi.conf": "[Config]\nProfiles=p\n",
            "mkosi.profiles/p.conf": "[Content]\nHostname=main\n",
            "mkosi.images/a/mkosi.profiles/p/mkosi.conf": "[Content]\nHostname=a\n",
            "mkosi.images/b/mkosi.profiles/q.conf": "[Content]\nHostname=b\n",
            "mkosi.images/b/mkosi.conf": "[Config]\nProfiles=q\n",
            "mkosi.images/c.conf": "[Match]\nProfiles=p\n[Content]\nHostname=c\n",
        ])
        let loaded = try project.loadAll()
        #expect(loaded.images.map { $0[.hostname] } == ["a", "b", "c", "main"])
        #expect(loaded.images[1].value(named: "Profiles") == .list(["q"]))
        #expect(try project.load(image: "a", ("Profiles", ""))[.hostname] == nil)
    }

    @Test("local files and default paths of a subimage; those of shared settings are ignored")
    func places() throws {
        let project = try Project([
            "mkosi.images/a/mkosi.conf": "[Content]\nHostname=a\n",
            "mkosi.images/a/mkosi.local.conf": "[Content]\nHostname=local\n",
            "mkosi.images/a/mkosi.cache/": "", "mkosi.images/a/mkosi.build": "",
            "mkosi.images/a/mkosi.images/never.conf": "",
        ])
        let loaded = try project.loadAll()
        #expect(names(loaded) == ["a", "main"])
        #expect(loaded.images[0][.hostname] == "local")
        #expect(loaded.images[0][.cacheDirectory] == nil)
        #expect(
            loaded.images[0].value(named: "BuildScripts")
                == .list(["\(project.directory)/mkosi.images/a/mkosi.build"])
        )
        #expect(loaded.warnings.count == 1)
        #expect(loaded.warnings[0].message.hasPrefix("Ignoring \(project.directory)/mkosi.images/a/mkosi.cache:"))
    }

    @Test("trees may be outputs that do not exist yet")
    func outputs() throws {
        let project = try Project([
            "mkosi.conf": "[Content]\nBaseTrees=%O/base\nInitrds=%O/initrd\n", "mkosi.output/": "",
            "mkosi.images/a.conf": "[Config]\nDependencies=base\n[Content]\nExtraTrees=%O/base:/opt\n",
            "mkosi.images/base.conf": "",
        ])
        let output = "\(project.directory)/mkosi.output"
        let loaded = try project.loadAll()
        #expect(loaded.images.map(\.name) == ["base", "a", "main"])
        #expect(loaded.images[1][.extraTrees] == [Tree(source: "\(output)/base", target: "/opt")])
        #expect(loaded.images[2].value(named: "BaseTrees") == .list(["\(output)/base"]))
        #expect(loaded.images[2].value(named: "Initrds") == .list(["\(output)/initrd"]))
    }

    @Test("a warning about a shared file comes once")
    func warnings() throws {
        let project = try Project([
            "mkosi.conf": "[Include]\nInclude=shared.conf\n", "shared.conf": "[Content]\nHostnam=x\n",
            "mkosi.images/a.conf": "[Include]\nInclude=shared.conf\n",
        ])
        #expect(try project.loadAll().warnings.count == 1)
    }

    @Test("the order of building: rank by rank, each rank as first mentioned")
    func order() {
        #expect(ImageOrder.order([]) == .order([]))
        #expect(
            ImageOrder.order([("a", ["c"]), ("b", []), ("c", []), ("d", ["a", "b", "b"])])
                == .order(["c", "b", "a", "d"])
        )
        #expect(ImageOrder.order([("a", ["a"])]) == .circle(["a"]))
    }
}
