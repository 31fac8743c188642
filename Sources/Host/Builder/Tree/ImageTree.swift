import ByteKeys
import JSON
import LayerStore
import PluginWire
import Support
import TreeWire

/// The tree of an image in the making, changed from inside the sandbox through `mkosi-tree`.
struct ImageTree: Sendable {
    var path: String
    var runner: SandboxRunner

    /// Makes the changes in order; the directories and files that `copy` reads are shown to the sandbox.
    ///
    /// Where many of them are in few `directories`, those are shown instead.
    @discardableResult
    func apply(_ edits: [TreeEdit], showing directories: [String]? = nil) throws(Failure) -> TreeAnswers {
        if edits.isEmpty { return TreeAnswers() }
        var run = ABI.V1.Run([runner.environment.installation.treeEditor])
        run.label = "changing the tree"
        run.capture = true
        run.mounts = (directories ?? edits.compactMap(\.source)).map { ABI.V1.Mount(source: $0, target: $0) }
        do {
            run.input = try JSONText.string(TreeEdits(root: path, edits: edits))
        } catch {
            throw Failure(.system, "Changes to the tree cannot be encoded", cause: error)
        }
        let answer = try runner.run(run)
        do {
            return try JSONText.decode(TreeAnswers.self, from: (answer.output ?? "").utf8)
        } catch {
            throw Failure(.system, "mkosi-tree did not print valid JSON", cause: error)
        }
    }

    /// Returns the paths of the tree at which there is something, links followed inside of it.
    func existing(_ paths: [String]) throws(Failure) -> ByteSet {
        ByteSet(try apply(paths.map { TreeEdit(.probe, $0) }).existing)
    }

    /// Removes the kernel modules and the firmware that are not chosen.
    func remove(_ removal: ModuleRemoval) throws(Failure) {
        var run = ABI.V1.Run([runner.environment.installation.treeEditor, "--modules"])
        run.label = "removing kernel modules"
        do {
            run.input = try JSONText.string(removal)
        } catch {
            throw Failure(.system, "The choice of kernel modules cannot be encoded", cause: error)
        }
        _ = try runner.run(run)
    }

    /// Digests of content, modes, owners and attributes of what is at paths of the tree, which have to exist.
    ///
    /// Links are followed inside of the tree: the digest is that of the content to which one leads.
    func digests(of paths: [String]) throws(Failure) -> [String] {
        if paths.isEmpty { return [] }
        var run = ABI.V1.Run([runner.environment.installation.treeEditor, "--seal"])
        run.label = "reading the tree"
        run.capture = true
        let seal = TreeSeal(measures: paths.map { TreeSeal.Measure($0, in: path, as: .layer) })
        do {
            run.input = try JSONText.string(seal)
            let answer = try runner.run(run)
            return try JSONText.decode([TreeMeasure].self, from: (answer.output ?? "").utf8).map(\.digest)
        } catch let failure as Failure {
            throw failure
        } catch {
            throw Failure(.system, "mkosi-tree answered something that is no JSON", cause: error)
        }
    }

    /// The paths of the tree that match patterns (glob(7)), those of each sorted.
    func names(matching patterns: [String]) throws(Failure) -> [String] {
        try apply(patterns.map { TreeEdit(.list, $0) }).existing
    }
}
