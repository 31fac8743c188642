import Execution
import JSON
import PluginWire
import Support
import TestSupport
import Testing

@Suite("explain and schema")
struct ExplainTests {
    private static let project = [
        "mkosi.conf": "[Output]\nFormat=directory\n[Content]\nPackages=bash\n",
        "mkosi.conf.d/10.conf": "[Content]\nPackages=\nPackages=y,z\n",
        "mkosi.conf.d/20.conf": "[Match]\nFormat=|tar\nFormat=|none\n[Content]\nPackages=x\n",
        "mkosi.conf.d/30.conf": "[Match]\nFormat=tar\n[Content]\nHostname=x\n",
    ]

    @Test("every assignment in order, the files that do not count, and the value")
    func explain() throws {
        let program = try StagedProgram(Self.project)
        let result = try program.mkosi("-p", "vim", "explain", "Packages")
        #expect(
            result.output == """
                IMAGE: main
                    [Content] Packages=
                    mkosi.conf:4:1: adds bash (overridden)
                    mkosi.conf.d/10.conf:2:1: removes everything so far
                    mkosi.conf.d/10.conf:3:1: adds y, z
                    -p: adds vim
                    value: vim, y, z
                    mkosi.conf.d/20.conf does not count:
                        2:1: [Match] Format=|tar, but it is directory
                        3:1: [Match] Format=|none, but it is directory

                """
        )
    }

    @Test("the reason of a default, and a secret that stays one")
    func standard() throws {
        let program = try StagedProgram(Self.project)
        #expect(
            try program.mkosi("explain", "Machine").output.contains(
                "not set; using the default: the name of the current"
            )
        )
        let secret = try program.mkosi("--root-password=sesame", "explain", "RootPassword")
        #expect(secret.output.contains("--root-password: sets (set)"))
        #expect(!secret.output.contains("sesame"))
    }

    @Test("a subimage has values from the main image")
    func inherited() throws {
        let program = try StagedProgram([
            "mkosi.conf": "[Distribution]\nRelease=sid\n", "mkosi.images/a/mkosi.conf": "",
        ])
        let all = try program.mkosi("explain", "Release").output
        #expect(all.contains("IMAGE: a\n"))
        #expect(all.contains("mkosi.conf:2:1: sets sid (from the main image)"))
        #expect(!(try program.mkosi("explain", "Release", "a").output.contains("IMAGE: main")))
        #expect(try program.mkosi("explain", "Release", "b").errors.contains("There is no image \"b\""))
    }

    @Test("as JSON")
    func json() throws {
        let program = try StagedProgram(Self.project)
        let json = try JSON.parse(program.mkosi("explain", "--json", "Packages").output.utf8)
        let image = json["Images"]?.array?.first
        #expect(image?["Value"] == ["y", "z"])
        #expect(image?["Assignments"]?.array?.map { $0["Action"] } == ["append", "reset", "append"])
        #expect(image?["Skipped"]?.array?.first?["Conditions"]?.array?.count == 2)
    }

    @Test("what makes no sense")
    func nonsense() throws {
        let program = try StagedProgram(Self.project)
        let unknown = try program.mkosi("explain", "Pakages")
        #expect(unknown.status == .exited(2))
        #expect(unknown.errors.contains("Did you mean \"Packages\"?"))
        #expect(try program.mkosi("explain").status == .exited(2))
    }
}
