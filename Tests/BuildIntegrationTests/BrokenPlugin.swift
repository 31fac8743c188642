import Support
import System
import TestSupport

/// A plugin that is broken in one way, and a project that uses it.
final class BrokenPlugin {
    let tiny: TinyProject
    let directory: String
    /// Further directories in which plugins are looked for.
    private let others: [String]

    /// A copy of the tiny distribution of the examples in which parts of the code are replaced.
    init(distribution changes: [(part: String, other: String)], configuration: String = "") throws {
        tiny = try TinyProject(configuration: configuration)
        directory = tiny.directory("changed")
        others = []
        try runChecked(["cp", "-r", "\(Stage.packageRoot)/Examples/plugins/python", directory])
        for (part, other) in changes { try change(part, to: other, in: "tiny.py") }
    }

    /// A format, with Python code that runs when the output is written and the answer is `outputs`.
    init(format code: String) throws {
        tiny = try TinyProject(format: "crate", configuration: "Checksum=yes\n")
        try tiny.directory.write("secret\n", to: "secret")
        directory = tiny.directory("changed")
        others = ["\(Stage.packageRoot)/Examples/plugins/python"]
        try Files.makeDirectories(directory)
        for name in ["plugin.json", "check.json", "crate.py"] {
            try Files.write(Files.read(TinyProject.fixture("crate/\(name)")), to: "\(directory)/\(name)", mode: 0o755)
        }
        let body = code.replacing("SECRET", with: "\"\(tiny.directory("secret"))\"").replacing("\n", with: "\n    ")
        try change("# A fault is put here.", to: body, in: "crate.py")
    }

    /// Replaces a part of a file of the plugin, which has to be there.
    func change(_ part: String, to other: String, in name: String) throws {
        let path = "\(directory)/\(name)"
        let text = try Files.readText(path)
        guard text.contains(part) else { throw Failure(.missing, "\(name) has no \(part)") }
        let mode: UInt32 = name.hasSuffix(".py") ? 0o755 : 0o644
        try Files.write(text.replacing(part, with: other, maxReplacements: 1).utf8, to: path, mode: mode)
    }

    private var environment: [String] {
        get throws {
            try tiny.environment(pluginPath: ([directory] + others + [Stage.plugins]).joined(separator: ":"))
                + ["MKOSI_PLUGIN_TIMEOUT=5"]
        }
    }

    func build(_ arguments: [String] = []) throws -> RunResult {
        try run(
            [Stage.mkosi, "--progress-fd=3"] + arguments,
            environment: environment,
            in: tiny.project,
            collectsEvents: true,
            limit: 60
        )
    }

    func list() throws -> RunResult {
        try run([Stage.mkosi, "plugin", "list"], environment: environment, in: tiny.project, limit: 60)
    }

    func check() throws -> RunResult {
        try run([Stage.mkosi, "plugin", "check", directory], environment: environment, in: tiny.project, limit: 60)
    }
}
