import ByteKeys
import JSON
import PluginWire
import Support
import Testing

@testable import Configuration

/// Names of outputs are names of files, releases have one name, and images wait for what they name.
@Suite("Names of outputs")
struct OutputNameTests {
    @Test(
        "with a path in them are refused where they are set",
        arguments: [
            "[Output]\nImageId=../x\n", "[Output]\nOutput=a/b\n", "[Output]\nImageVersion=../../x\n",
            "[Output]\nOutputExtension=x/../../y\n", "[Output]\nImageId=..\n", "[Output]\nImageId=.\n",
            "[Output]\nImageId=..\u{2f}\u{301}x\n", "[Distribution]\nRelease=../x\n", "[Runtime]\nMachine=../x\n",
        ]
    )
    func refused(_ text: String) throws {
        let project = try Project(["mkosi.conf": text])
        let failure = try #require(project.failure())
        #expect(failure.code == .configuration)
        #expect(failure.message.hasPrefix("\(project.directory)/mkosi.conf:2:"), "\(failure.message)")
        #expect(failure.message.contains("needs a name without a path"), "\(failure.message)")
    }

    @Test("are checked as a whole, too: parts that are short enough may be too long together")
    func together() throws {
        let part = String(repeating: "a", count: 150)
        let project = try Project(["mkosi.conf": "[Output]\nImageId=\(part)\nImageVersion=\(part)\n"])
        #expect(project.failure()?.message.contains("is longer than 255 bytes") == true)
    }

    @Test("come from files and directories, too")
    func files() throws {
        let project = try Project(["mkosi.conf": "", "mkosi.version": "../../x\n"])
        #expect(project.failure()?.message.contains("mkosi.version") == true)
    }

    @Test(
        "and a part of the build directory is below it",
        arguments: ["..", "../x", "/x", "a/../../x", "&i/../x"]
    )
    func buildKeys(_ key: String) throws {
        let project = try Project(["mkosi.conf": "[Build]\nBuildDirectory=b\nBuildKey=\(key)\n"])
        let failure = try #require(project.failure())
        #expect(failure.message.hasPrefix("\(project.directory)/mkosi.conf:3:"), "\(failure.message)")
        try project.write("mkosi.conf", "[Build]\nBuildDirectory=b\nBuildKey=a/&d~&r\n")
        #expect(try project.load().buildKey == "a/acme~anvil")
    }

    @Test("a program that changes the configuration gives no path, either")
    func replaced() throws {
        let project = try Project(["mkosi.conf": ""])
        let image = try project.load()
        for name in ["ImageId", "Output", "ImageVersion"] {
            #expect(throws: Failure.self) {
                try image.replacing(
                    with: .object([name: .string("../x")]),
                    catalogue: project.catalogue,
                    author: "the script"
                )
            }
        }
    }

    @Test("a release that is given by its number has its name everywhere")
    func releaseNumbers() throws {
        for text in ["8", "hammer"] {
            let project = try Project([
                "mkosi.conf": "[Distribution]\nDistribution=acme\nRelease=\(text)\n",
                "mkosi.conf.d/a.conf": "[Match]\nRelease=8\n[Content]\nPackages=number\n",
                "mkosi.conf.d/b.conf": "[Match]\nRelease=hammer\n[Content]\nPackages=name-%r\n",
                "mkosi.conf.d/c.conf": "[Match]\nRelease=7\n[Content]\nPackages=other\n",
                "mkosi.images/a.conf": "",
            ])
            let image = try project.load()
            #expect(image[.release] == "hammer")
            #expect(Set(image[.packages]) == ["number", "name-hammer"])
            #expect(image.cacheKey == "acme~hammer~x86-64~main")
            #expect(try project.load(image: "a")[.release] == "hammer")
        }
        let project = try Project(["mkosi.conf": "[Distribution]\nDistribution=acme\nRelease=99\n"])
        #expect(try project.load()[.release] == "99")
    }

    @Test("an image waits for another one whose output it names, without Dependencies=")
    func implied() throws {
        let project = try Project([
            "mkosi.conf": "", "mkosi.output/": "",
            "mkosi.images/a.conf": "[Content]\nBaseTrees=%O/base\n", "mkosi.images/base.conf": "",
        ])
        let output = "\(project.directory)/mkosi.output"
        for _ in 0..<2 {
            let loaded = try project.loadAll()
            #expect(loaded.images.map(\.name) == ["base", "a", "main"])
            #expect(loaded.images[1].value(named: "BaseTrees") == .list(["\(output)/base"]))
            #expect(loaded.images[1][.dependencies] == ["base"])
            // Whether it is there by now makes no difference.
            try project.write("mkosi.output/base/", "")
        }
    }

    @Test("two images that name each other's outputs are a circle")
    func circle() throws {
        let project = try Project([
            "mkosi.conf": "", "mkosi.output/": "", "mkosi.images/a.conf": "[Content]\nBaseTrees=%O/b\n",
            "mkosi.images/b.conf": "[Content]\nExtraTrees=%O/a\n",
        ])
        #expect(project.failure()?.message.contains("circular dependencies") == true)
    }

    @Test("files of variables may have the line ends of another system")
    func lineEnds() throws {
        let project = try Project(["mkosi.conf": "", "mkosi.env": "A=1\r\nB=\"two words\"\r\n# C=3\r\n\r\nD=4"])
        #expect(try project.load().environment == ["A": "1", "B": "two words", "D": "4"])
        #expect(OSRelease(text: "ID=acme\r\nVERSION_ID=\"7\"\r\n").version == "7")
    }
}
