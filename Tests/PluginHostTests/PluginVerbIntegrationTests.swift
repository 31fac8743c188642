import Execution
import Support
import System
import TestSupport
import Testing

/// `mkosi plugin` as people use it: the staged program makes, checks and lists plugins.
@Suite
struct PluginVerbIntegrationTests {
    private static func mkosi(_ arguments: [String]) throws -> (status: Int, output: String) {
        let environment = ["PATH", "HOME", "LD_LIBRARY_PATH"].compactMap { name in
            Environment.variable(name).map { "\(name)=\($0)" }
        }
        var command = Command(try Stage.mkosi, ["plugin"] + arguments, environment: environment)
        command.captureLimit = 1 << 20
        let result = try command.run()
        return (result.status.code, String(decoding: result.output, as: UTF8.self))
    }

    private static let languages = ["python", "shell", "c", "swift"]
    private static let kinds = ["distribution", "format", "artifact", "bootloader"]
    /// Each language and each kind once; `make soak` has all pairs.
    private static let templates =
        Soak.isEnabled
        ? languages.flatMap { language in kinds.map { (language, $0) } } : Array(zip(languages, kinds))

    @Test(arguments: templates)
    func aNewPluginPassesTheSuite(language: String, kind: String) throws {
        let scratch = try TemporaryDirectory()
        let made = try Self.mkosi([
            "new", "acme", "--language", language, "--kind=\(kind)", "--directory", scratch.path,
        ])
        #expect(made.status == 0)
        #expect(made.output.contains("made \(scratch.path)/acme/plugin.json\n"))
        if language == "c" || language == "swift" {
            let environment = ["PATH=\(Environment.variable("PATH") ?? "")", "HOME=\(scratch.path)"]
            let make = try #require(Paths.findProgram("make"))
            try Command(make, ["-C", "\(scratch.path)/acme"], environment: environment).runChecked()
        }
        let checked = try Self.mkosi(["check", "\(scratch.path)/acme"])
        #expect(checked.status == 0, "\(checked.output)")
        #expect(checked.output.hasSuffix(" checks, 0 failed\n"))
        let again = try Self.mkosi(["new", "acme", "--language", language, "--directory", scratch.path])
        #expect(again.status == 1)
    }

    @Test(arguments: ["crashes", "garbage", "prints", "exits-early", "wrong-answer"])
    func aBrokenPluginFailsTheSuite(fault: String) throws {
        let checked = try Self.mkosi(["check", Paths.join(Repository.fixtures, fault)])
        #expect(checked.status == 1)
        #expect(checked.output.contains("\nfailed  "))
    }

    @Test
    func listNamesWhatIsInstalled() throws {
        let list = try Self.mkosi(["list"])
        #expect(list.status == 0)
        let plugins = try Stage.plugins
        for name in try Files.list(plugins) { #expect(list.output.contains(Paths.join(plugins, name))) }
    }
}
