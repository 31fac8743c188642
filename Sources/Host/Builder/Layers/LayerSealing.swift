import Execution
import Glibc
import JSON
import LayerStore
import PluginWire
import Support
import TreeLinks
import TreeWire

/// Finishes layers in a namespace in which their files can be read and changed, whoever they belong to.
struct LayerSealing: Sendable {
    var installation: Installation

    func run(_ seal: TreeSeal) throws(Failure) -> [TreeMeasure] {
        // Root can do all of it here: its namespace has the same owners, and links are never followed.
        if geteuid() == 0 { return try runHere(seal) }
        do {
            let output = try runInside(["--seal"], input: try JSONText.encode(seal), title: "finishing a layer")
            return try JSONText.decode([TreeMeasure].self, from: output)
        } catch let failure as Failure {
            throw failure
        } catch {
            throw Failure(.system, "Cannot read the content of a layer", cause: error)
        }
    }

    /// Prepares the directory that takes a step's changes; see `LinkRaising`.
    func raise(_ raising: LinkRaising) throws(Failure) {
        do {
            if geteuid() == 0 { return try raising.run() }
            _ = try runInside(["--raise"], input: try JSONText.encode(raising), title: "beginning a layer")
        } catch let failure as Failure {
            throw failure
        } catch {
            throw Failure(.system, "Cannot copy hard links into a layer: \(error)")
        }
    }

    /// Takes out of a layer what `raise` has put there for nothing.
    func lower(_ upper: String, record: String) throws(Failure) {
        do {
            if geteuid() == 0 { return try LinkLowering.lower(upper, record: record) }
            _ = try runInside(["--lower", upper, record], title: "finishing a layer")
        } catch let failure as Failure {
            throw failure
        } catch {
            throw Failure(.system, "Cannot finish the hard links of a layer: \(error)")
        }
    }

    /// Gives a directory owner, mode, time and attributes of another one.
    func adopt(_ directory: String, from other: String) throws(Failure) {
        do {
            if geteuid() == 0 { return try TreeAdoption.adopt(directory, from: other) }
            _ = try runInside(["--adopt", directory, other], title: "beginning a layer")
        } catch let failure as Failure {
            throw failure
        } catch {
            throw Failure(.system, "Cannot start a layer: \(error)")
        }
    }

    private func runInside(
        _ arguments: [String],
        input: [UInt8] = [],
        title: String
    ) throws(Failure) -> [UInt8] {
        let words = [installation.treeEditor] + arguments
        var command = NamespaceCommand.make(words, title: title, installation: installation)
        command.captureLimit = 1 << 20
        command.input = input
        return try command.runChecked().output
    }

    private func runHere(_ seal: TreeSeal) throws(Failure) -> [TreeMeasure] {
        do {
            if let time = seal.time {
                for path in seal.clamp { try TreeTimes.clamp(path, to: time) }
            }
            if let links = seal.links { try LinkLowering.list(links.tree, to: links.file) }
            return try seal.measure()
        } catch {
            throw Failure(.system, "Cannot finish a layer: \(error)")
        }
    }

    /// The digests of the trees of layers.
    func digests(_ trees: [String]) throws(Failure) -> [String] {
        try run(TreeSeal(measures: trees.map { TreeSeal.Measure($0, as: .layer) })).map(\.digest)
    }
}
