import Execution
import FoundationEssentials
import LayerStore
import PluginWire
import Support

/// Finishes layers in a namespace in which their files can be read and changed, whoever they belong to.
struct LayerSealing: Sendable {
    var installation: Installation

    func run(_ seal: TreeSeal) throws(Failure) -> [TreeMeasure] {
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

    /// The digests of the trees of layers.
    func digests(_ trees: [String]) throws(Failure) -> [String] {
        try run(TreeSeal(measures: trees.map { TreeSeal.Measure($0, as: .layer) })).map(\.digest)
    }
}
