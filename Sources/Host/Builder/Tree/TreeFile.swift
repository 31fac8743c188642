import Glibc
import PluginWire
import Support
import System

/// A file of the tree, which may belong to users that only the sandbox can see.
enum TreeFile {
    /// Copies a file out of the tree.
    static func copy(_ path: String, of root: String, to target: String, _ runner: SandboxRunner) throws(Failure) {
        // A link of the tree would lead to a file of the host, and a pipe would be waited for: both are copied themselves.
        var run = ABI.V1.Run(["cp", "--no-dereference", "--recursive", "--", root + path, target])
        run.label = "copying \(path)"
        var runner = runner
        if let directory = Paths.parent(target) { runner.sandbox.writable.append(directory) }
        _ = try runner.run(run)
        guard Files.kind(of: target) == S_IFREG else {
            throw Failure(.configuration, "\(path) of the image is not a file")
        }
    }
}
