import ByteKeys
import Foundation
import JSON
import PluginWire
import Support
import Testing

@Suite("Images that were called presets")
struct FormerImagesTests {
    private static let files = [
        "mkosi.conf": "[Output]\nFormat=directory\nOutputDirectory=out\n",
        "mkosi.presets/20-final/mkosi.conf": "[Content]\nPackages=a\n",
        "mkosi.presets/20-final/mkosi.extra/etc/motd": "hello\n",
        "mkosi.presets/20-final/mkosi.conf.d/x.conf": "[Packages]\nWithDocs=no\n",
        "mkosi.presets/10-start.conf": "[Output]\nFormat=tar\n",
        "mkosi.presets/aside/mkosi.conf": "[Preset]\nDependencies=final\n",
    ]

    private static func texts(_ values: String...) -> JSON { .array(values.map(JSON.string)) }

    private static func names(_ images: [ByteDictionary<JSON>]) -> [JSON?] { images.map { $0["Image"] } }

    /// The images with all paths as if the directory had today's name.
    ///
    /// The project's own image is built after all others, in the order of their names, which no longer begin with a
    /// number.
    private static func moved(_ images: [ByteDictionary<JSON>]) throws -> String {
        var images = images
        if let last = images.indices.last, let names = images[last]["Dependencies"]?.array {
            images[last]["Dependencies"] = .array(names.compactMap(\.string).sorted().map(JSON.string))
        }
        let text = try JSONText.string(JSON.array(images.map(JSON.object)))
        return text.replacing("mkosi.presets/20-", with: "mkosi.images/").replacing(
            "mkosi.presets",
            with: "mkosi.images"
        )
    }

    @Test("a number in front of a name is no part of it, and says what is built before")
    func reading() throws {
        let project = try OldProject(Self.files)
        let images = try project.images()
        #expect(Self.names(images) == ["start", "final", "aside", "main"])
        #expect(images[0]["Dependencies"] == .array([]))
        #expect(images[0]["Format"] == "tar")
        #expect(images[1]["Dependencies"] == Self.texts("start"))
        #expect(images[1]["Packages"] == Self.texts("a"))
        #expect(images[1]["WithDocs"] == false)
        #expect(images[2]["Dependencies"] == Self.texts("final"))
    }

    @Test("one warning names the directory of today, and what is different in it")
    func warning() throws {
        let run = try OldProject(Self.files).run(["summary"])
        let found = run.errors.components(separatedBy: "‣ warning: ").filter { $0.contains("mkosi.presets is") }
        #expect(found.count == 1, "\(run.errors)")
        #expect(found.first?.contains("mkosi.presets is now called mkosi.images") == true)
        #expect(found.first?.contains("The project itself is an image too") == true)
    }

    @Test("the old setting says which are built")
    func selection() throws {
        var files = Self.files
        files["mkosi.conf"]? += "\n[Preset]\nPresets=start\n"
        #expect(Self.names(try OldProject(files).images()) == ["start", "main"])
        #expect(Self.names(try OldProject(Self.files).images("--preset=final")) == ["start", "final", "main"])
        let run = try OldProject(Self.files).run(["--preset=nothing", "summary"])
        #expect(run.status != 0)
        #expect(run.errors.contains("mkosi.presets"), "\(run.errors)")
    }

    @Test("migration moves everything, writes the order down, and gives the same images")
    func migration() throws {
        let project = try OldProject(Self.files)
        let before = try project.images()
        let preview = project.run(["migrate"])
        #expect(preview.output.contains("# Moved: mkosi.presets/20-final to mkosi.images/final"), "\(preview.output)")
        #expect(project.exists("mkosi.presets/20-final/mkosi.conf"))
        let run = project.run(["migrate", "--write"])
        #expect(run.status == 0, "\(run.errors)")
        #expect(!project.exists("mkosi.presets"))
        #expect(try project.read("mkosi.images/final/mkosi.extra/etc/motd") == "hello\n")
        #expect(try project.read("mkosi.images/final/mkosi.conf.d/x.conf") == "[Content]\nWithDocs=no\n")
        #expect(try project.read("mkosi.images/final/mkosi.conf").contains("[Config]\nDependencies=start\n"))
        #expect(try project.read("mkosi.images/aside/mkosi.conf") == "[Config]\nDependencies=final\n")
        #expect(try project.read("mkosi.images/start.conf") == "[Output]\nFormat=tar\n")
        let kept = "mkosi.before-migration/mkosi.presets/20-final/mkosi.conf"
        #expect(try project.read(kept) == Self.files["mkosi.presets/20-final/mkosi.conf"])
        #expect(try Self.moved(project.images()) == Self.moved(before))
        #expect(project.run(["migrate"]).errors.contains("All files are up to date"))
        #expect(!project.run(["summary"]).errors.contains("warning"))
    }

    @Test("a project of the first generations may have them too")
    func first() throws {
        let project = try OldProject([
            "mkosi.default": "[Packages]\nPackages=x\n",
            "mkosi.presets/one/mkosi.conf": "[Output]\nFormat=tar\n",
        ])
        let before = try project.images()
        #expect(Self.names(before) == ["one", "main"])
        #expect(project.run(["migrate", "--write"]).status == 0)
        #expect(project.exists("mkosi.images/one/mkosi.conf") && project.exists("mkosi.conf"))
        #expect(try Self.moved(project.images()) == Self.moved(before))
    }

    @Test("images of today win over those of former days")
    func both() throws {
        let project = try OldProject(["mkosi.conf": "", "mkosi.presets/a.conf": "", "mkosi.images/b.conf": ""])
        #expect(Self.names(try project.images()) == ["b", "main"])
        let run = project.run(["summary"])
        #expect(run.errors.contains("mkosi.presets is ignored, because there is a mkosi.images"), "\(run.errors)")
        let migration = project.run(["migrate", "--write"])
        #expect(migration.status == 0)
        #expect(project.exists("mkosi.presets/a.conf"))
    }

    @Test("two images of one name are refused")
    func twice() throws {
        let project = try OldProject(["mkosi.conf": "", "mkosi.presets/1-a.conf": "", "mkosi.presets/2-a.conf": ""])
        for arguments in [["summary"], ["migrate", "--write"]] {
            let run = project.run(arguments)
            #expect(run.status != 0)
            #expect(run.errors.contains("1-a.conf") && run.errors.contains("2-a.conf"), "\(run.errors)")
        }
        #expect(project.exists("mkosi.presets/1-a.conf"))
    }

    @Test("names that are only numbers stay")
    func numbers() throws {
        let project = try OldProject(["mkosi.conf": "", "mkosi.presets/7.conf": "", "mkosi.presets/8-.conf": ""])
        #expect(Self.names(try project.images()) == ["7", "8-", "main"])
    }

    @Test("a file that names the old directory is pointed at")
    func mentioned() throws {
        var files = Self.files
        files["mkosi.conf"]? += "[Content]\nExtraTrees=mkosi.presets/20-final/mkosi.extra\n"
        let run = try OldProject(files).run(["migrate"])
        #expect(run.errors.contains("mkosi.conf:5: this names a file in mkosi.presets"), "\(run.errors)")
    }
}
