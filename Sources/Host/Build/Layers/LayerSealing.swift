import Execution
import FoundationEssentials
import Glibc
import LayerStore
import PluginWire
import Support
import TreeEditor

/// Finishes layers in a namespace in which their files can be read and changed, whoever they belong to.
struct LayerSealing: Sendable {
    var installation: Installation

    func run(_ seal: TreeSeal) throws(Failure) -> [TreeMeasure] {
        // Root can do all of it here: its namespace has the same owners, and links are never followed.
        if geteuid() == 0 { return try runHere(seal) }
        var command = Command(
            installation.sandbox,
            ["--become-root", "--bind", "/", "/", "--suppress-sync", "--", installation.treeEditor, "--seal"],
            environment: ["PATH=/usr/sbin:/usr/bin:/sbin:/bin"]
        )
        command.captureLimit = 1 << 20
        command.title = "finishing a layer"
        do {
            command.input = Array(try JSONText.encode(seal))
            let output = try command.runChecked().output
            return try JSONText.decode([TreeMeasure].self, from: Data(output))
        } catch let failure as Failure {
            throw failure
        } catch {
            throw Failure(.system, "Cannot read what a layer holds", cause: error)
        }
    }

    private func runHere(_ seal: TreeSeal) throws(Failure) -> [TreeMeasure] {
        do {
            if let time = seal.time {
                for path in seal.clamp { try TreeTimes.clamp(path, to: time) }
            }
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
