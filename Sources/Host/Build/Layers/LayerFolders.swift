import Glibc
import PluginWire
import Support

/// The folders of a workspace that layers are made in: `layers/NAME/tree` with the changes, `layers/NAME/work` beside.
struct LayerFolders: Sendable {
    var directory: String

    /// The first layer of a tree that is seen at `path`, above folders that exist already, listed from the bottom.
    func first(_ name: String, above lower: [String], at path: String) throws(Failure) -> LayeredTree {
        let (upper, work) = try make(name)
        return LayeredTree(path: path, lower: lower, upper: upper, work: work)
    }

    /// A new empty layer on top of a tree.
    ///
    /// Its root gets the owner, mode and time of the tree's, which it hides.
    func push(_ name: String, on tree: LayeredTree, runner: SandboxRunner) throws(Failure) -> LayeredTree {
        let (upper, work) = try make(name)
        let pushed = tree.pushing(upper: upper, work: work)
        try adoptRoot(of: pushed, runner: runner)
        return pushed
    }

    /// Puts the owner, mode and time of the next lower folder on the upper one: an overlay's root is the upper's.
    func adoptRoot(of tree: LayeredTree, runner: SandboxRunner, writable: [String] = []) throws(Failure) {
        guard let below = tree.lower.last else { return }
        var outside = runner
        outside.sandbox.tree = nil
        outside.sandbox.writable += writable
        let script = "chown --reference=\"$1\" \"$2\" && chmod --reference=\"$1\" \"$2\" && touch -r \"$1\" \"$2\""
        var run = ABI.V1.Run(["sh", "-c", script, "sh", below, tree.upper])
        run.label = "making a layer"
        run.mounts = [ABI.V1.Mount(source: below, target: below)].filter { mount in
            !mount.target.hasPrefix(runner.sandbox.workspace + "/")
        }
        _ = try outside.run(run)
    }

    /// A folder for changes that no tree is made of: those of build sources, `$DESTDIR`.
    func make(_ name: String) throws(Failure) -> (upper: String, work: String) {
        let folder = "\(directory)/\(name)"
        do throws(SystemCallError) {
            for part in ["tree", "work"] { try Files.makeDirectories("\(folder)/\(part)") }
        } catch {
            throw Failure(.system, "Cannot make a layer in the workspace", cause: error)
        }
        return ("\(folder)/tree", "\(folder)/work")
    }
}
