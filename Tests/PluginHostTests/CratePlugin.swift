import PluginHost
import PluginWire
import Support
import System
import TestSupport

/// A copy of the format for tests with a fault in it.
final class CratePlugin {
    let scratch: TemporaryDirectory
    var directory: String { Paths.join(scratch.path, "crate") }

    /// Python code for `assemble`, where `outputs` is the answer and `path` the output, already written;
    /// and further replacements of parts of the program.
    init(_ code: String = "pass", changes: [(part: String, other: String)] = []) throws {
        scratch = try TemporaryDirectory()
        let source = Paths.join(Repository.root, "Tests/Fixtures/crate")
        for name in ["plugin.json", "check.json"] {
            try scratch.write(Files.readText(Paths.join(source, name)), to: "crate/\(name)")
        }
        var text = try Files.readText(Paths.join(source, "crate.py"))
        let body = code.replacing("\n", with: "\n    ")
        for (part, other) in [("# A fault is put here.", body)] + changes {
            guard text.contains(part) else { throw Failure(.missing, "The program has no \(part)") }
            text = text.replacing(part, with: other, maxReplacements: 1)
        }
        try scratch.write(text, to: "crate/crate.py", mode: 0o755)
    }

    var installed: InstalledPlugin {
        get throws { InstalledPlugin(directory: directory, manifest: try ManifestReader.read(in: directory)) }
    }

    /// What the suite finds when the plugin may be silent for so long, and when its start may take `start`.
    func check(limit: Duration = .seconds(20), start: Duration? = nil) -> [Conformance.Finding] {
        var launcher = Examples.launcher
        launcher.limits.checkFactor = 2
        // A busy machine takes its time to start Python.
        launcher.limits.initialize = start ?? min(limit * 5, launcher.limits.initialize)
        launcher.limits.request = limit
        launcher.limits.shortRequest = min(limit, launcher.limits.shortRequest)
        launcher.limits.shutdown = .milliseconds(500)
        return Conformance(directory: directory, launcher: launcher, services: CheckServices(commandLimit: limit)).run()
    }
}
