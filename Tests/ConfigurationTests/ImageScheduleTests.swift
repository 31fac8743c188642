import Testing

@testable import Configuration

@Suite("What images of a project wait for")
struct ImageScheduleTests {
    private typealias Needs = ImageSchedule.Needs

    private func needs(_ project: Project, _ options: (String, String)...) throws -> [String: [[String]]] {
        let images = try project.loadAll(options).images
        let names = images.map(\.name)
        return Dictionary(
            uniqueKeysWithValues: zip(names, ImageSchedule(images).needs).map { name, needs in
                (name, [needs.start.sorted().map { names[$0] }, needs.assembly.sorted().map { names[$0] }])
            }
        )
    }

    @Test("an image waits for what it depends on, and the main image for all others")
    func dependencies() throws {
        let project = try Project([
            "mkosi.images/a.conf": "[Config]\nDependencies=c\n", "mkosi.images/b.conf": "", "mkosi.images/c.conf": "",
        ])
        let needs = try needs(project)
        #expect(needs == ["a": [["c"], []], "b": [[], []], "c": [[], []], "main": [["c", "b", "a"], []]])
    }

    @Test(
        "an image waits for those whose outputs its settings name, whatever it says of dependencies",
        arguments: [
            "BaseTrees=%O/b", "ExtraTrees=%O/b.box:/here", "SkeletonTrees=%O/b/usr/share", "Initrds=%O/b.box.zst",
        ]
    )
    func paths(_ line: String) throws {
        let project = try Project([
            "mkosi.output/b/usr/share/": "", "mkosi.images/b.conf": "",
            "mkosi.images/c.conf": "[Content]\n\(line)\n",
        ])
        #expect(try needs(project)["c"]?[0] == ["b"])
    }

    @Test("the directory of the outputs means those of all images before", arguments: ["Package", "VolatilePackage"])
    func directories(_ kind: String) throws {
        let project = try Project([
            "mkosi.output/": "", "mkosi.images/b.conf": "", "mkosi.images/c.conf": "",
            "mkosi.conf": "[Content]\n\(kind)Directories=%O\n",
        ])
        #expect(try needs(project) == ["b": [[], []], "c": [["b"], []], "main": [["b", "c"], []]])
    }

    @Test(
        "a base of another image is waited for however its path is written",
        arguments: ["b", "%O/b", "../mkosi.output/b", "../../mkosi.output/b", "./b"]
    )
    func bases(_ path: String) throws {
        let project = try Project([
            "mkosi.output/": "", "mkosi.images/b.conf": "",
            "mkosi.images/c/mkosi.conf": "[Content]\nBaseTrees=\(path)\n",
        ])
        #expect(try needs(project)["c"]?[0] == ["b"])
        let image = try #require(try project.loadAll([]).image(named: "c"))
        #expect(image[.baseTrees].map { $0.hasSuffix("/mkosi.output/b") } == [true])
    }

    @Test("a path that leads past the directory of the outputs is that of no image")
    func otherBases() throws {
        let project = try Project([
            "mkosi.output/": "", "mkosi.images/b.conf": "",
            "mkosi.images/c/mkosi.conf": "[Content]\nBaseTrees=../other/b\n          ../mkosi.output/x\n",
        ])
        #expect(try needs(project)["c"]?[0] == [])
    }

    @Test(
        "other paths are nobody's output",
        arguments: ["BaseTrees=%O/bb", "ExtraTrees=b", "SkeletonTrees=%O.d/b", "BuildSources=%O", "Hostname=b"]
    )
    func otherPaths(_ line: String) throws {
        let section = line.hasPrefix("BuildSources") ? "Build" : "Content"
        let project = try Project([
            "mkosi.output/": "", "mkosi.output.d/b/": "", "mkosi.images/b.conf": "[Content]\nHostname=x\n",
            "mkosi.images/c.conf": line.hasPrefix("BuildSources") ? "" : "[\(section)]\n\(line)\n",
            "mkosi.conf": line.hasPrefix("BuildSources") ? "[\(section)]\n\(line)\n" : "",
        ])
        #expect(try needs(project)["c"] == [[], []])
    }

    @Test("the default initrd is needed when an image is put together, and earlier only by who reads it")
    func initrd() throws {
        let project = try Project([
            "mkosi.output/": "",
            "general/mkosi-initrd/mkosi.conf": "[Output]\nFormat=box\n",
            "mkosi.conf": "[Content]\nInitrds=default\n[Distribution]\nDistribution=umbra\n",
            "mkosi.images/a.conf": "[Content]\nInitrds=default\nExtraTrees=%O/initrd.box:/boot\n",
            "mkosi.images/b.conf": "[Content]\nInitrds=default\n",
        ])
        try project.addPlugin("general", including: "mkosi-initrd")
        let needs = try needs(project)
        #expect(needs["default-initrd"] == [[], []])
        #expect(needs["a"] == [["default-initrd"], []])
        #expect(needs["b"] == [[], ["default-initrd"]])
        #expect(needs["main"] == [["a", "b"], ["default-initrd"]])
    }
}
