import ByteKeys
import Support
import System
import TreeLinks
import TreeWire

/// Files with several names in the layers below a step.
struct LayerLinks {
    let installation: Installation
    /// The workspace's directory of layers.
    let directory: String
    /// The trees below all layers, of which nothing is known yet.
    let baseTrees: [String]

    /// Copies what has several names into the directory that takes the changes.
    func raise(_ tree: LayeredTree, _ directory: LayerDirectory) throws(Failure) {
        guard let raising = raising(for: tree, directory) else { return }
        try LayerSealing(installation: installation).raise(raising)
        // What the step does to a copy has to give it another time of change.
        if Files.exists(directory.raised) { ChangeClock.wait(in: directory.path) }
    }

    /// Returns true if a step that began without `raise` has changed something that `raise` copies, or may have; nil if
    /// only a walk over the trees below would tell.
    func isRaisingNeeded(_ tree: LayeredTree, _ directory: LayerDirectory) throws(Failure) -> Bool? {
        guard let raising = raising(for: tree, directory) else { return false }
        do throws(TreeEditError) {
            return try raising.isNeeded()
        } catch {
            throw Failure(.system, "Cannot read the hard links of a layer: \(error)")
        }
    }

    /// nil where no file has several names.
    private func raising(for tree: LayeredTree, _ directory: LayerDirectory) -> LinkRaising? {
        if tree.lower.isEmpty { return nil }
        let lower = tree.lower.map { LinkRaising.Lower(tree: $0, links: list(of: $0)) }
        // Usually there are no hard links, and then no process is needed to detect that.
        if lower.allSatisfy({ $0.links.flatMap { Files.size(of: $0) } == 0 }) { return nil }
        return LinkRaising(lower: lower, upper: tree.upper, record: directory.raised)
    }

    /// Removes the copies that a step has left as they were.
    func lower(_ directory: LayerDirectory) throws(Failure) {
        if !Files.exists(directory.raised) { return }
        try LayerSealing(installation: installation).lower(directory.tree, record: directory.raised)
    }

    /// The file that lists the hard links of a tree; nil for one that may still change.
    private func list(of tree: String) -> String? {
        if let index = baseTrees.firstIndex(where: tree.hasSameBytes) { return "\(directory)/links-\(index)" }
        guard let layer = Paths.parent(tree) else { return nil }
        let path = LayerDirectory(path: layer).links
        return Files.exists(path) ? path : nil
    }
}
