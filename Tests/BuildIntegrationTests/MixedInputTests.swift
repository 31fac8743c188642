import Support
import System
import TestSupport
import Testing

/// Inputs that change between the moment at which a step's key is known and the end of the step.
@Suite
struct MixedInputTests {
    @Test("A layer whose inputs changed while its step ran does not serve the inputs before the change")
    func changedPlugin() throws {
        let tiny = try TinyProject(configuration: "Incremental=yes")
        try tiny.directory.makeDirectory("changed")
        let plugin = tiny.directory("changed/tiny")
        try runChecked(["cp", "-r", "\(Stage.packageRoot)/Examples/plugins/python", plugin])
        try Files.write("before\n".utf8, to: "\(plugin)/data")
        let code = try Files.readText("\(plugin)/tiny.py")
        // The first installation changes what the plugin consists of, as an update of it would, and then reads that.
        let lines = """
            def install(p):
                if not os.path.exists("\(plugin).changed"):
                    open("\(plugin).changed", "w").close()
                    open(directory + "/data", "w").write("after!\\n")
                text = open(directory + "/data").read().strip()
                run(p["root"], 'mkdir -p "$1/usr" && echo "$2" >"$1/usr/data"', text)

            """
        let changed = code.replacing("def install(p):\n", with: lines)
        #expect(changed != code)
        try Files.write(changed.utf8, to: "\(plugin)/tiny.py", mode: 0o755)
        func build() throws -> RunResult {
            try run(
                [Stage.mkosi, "-f"],
                environment: tiny.environment(pluginPath: "\(tiny.directory("changed")):\(Stage.plugins)"),
                in: tiny.project
            )
        }
        let first = try build()
        #expect(first.succeeded, "\(first)")
        #expect(try tiny.imageFile("usr/data") == "after!\n")
        try Files.write("before\n".utf8, to: "\(plugin)/data")
        let second = try build()
        #expect(second.succeeded, "\(second)")
        #expect(try tiny.imageFile("usr/data") == "before\n", "\(second)")
        let third = try build()
        #expect(third.succeeded && third.errors.contains("nothing has changed"), "\(third)")
    }
}
