import ByteKeys
import Sandbox
import Support
import System

/// The tree of an image in the making: what earlier steps made, and a directory that takes what the running step
/// changes.
///
/// Every command of a build sees one tree, an overlay that is mounted for it at `path`; the directories stay apart. So
/// the
/// result of a step is the directory of its changes, and no tree is ever copied.
struct LayeredTree: Sendable, Hashable {
    /// The place of the tree for commands.
    var path: String
    /// The layers of the tree, from the bottom; they are not changed.
    var lower: [String]
    /// Takes what is changed.
    var upper: String
    /// An empty directory on the file system of `upper`, for the kernel.
    var work: String
    /// True if nothing may be changed any more, because later builds have the directory, too.
    var isSealed = false

    /// Shows the tree at a place of the sandbox, by default at its own path.
    func step(at target: String? = nil) -> Plan.Step {
        let target = target ?? path
        if isSealed {
            let all = lower + [upper]
            return all.count == 1
                ? .readOnly(upper, at: target)
                : .overlay(Plan.Overlay(lower: all.reversed(), upper: .none, target: target))
        }
        // The first layer is a plain directory: there is nothing below it, so it needs no whiteouts.
        if lower.isEmpty { return .writable(upper, at: target) }
        // The plan lists lower directories from the top.
        return .overlay(
            Plan.Overlay(lower: lower.reversed(), upper: .directory(upper, work: work), target: target)
        )
    }

    /// A tree of directories that are there already, from the bottom, to which nothing is added; nil for none.
    init?(path: String, of directories: [String]) {
        guard let top = directories.last else { return nil }
        self.init(path: path, lower: Array(directories.dropLast()), upper: top, work: "", isSealed: true)
    }

    init(path: String, lower: [String], upper: String, work: String, isSealed: Bool = false) {
        self.path = path
        self.lower = lower
        self.upper = upper
        self.work = work
        self.isSealed = isSealed
    }

    /// The directory of a layer on top of a tree, or alone; a sealed one takes no changes.
    init(path: String, _ directory: LayerDirectory, above below: LayeredTree?, isSealed: Bool) {
        // Steps without layers of their own go on changing the same directory.
        let isContinued = below?.upper == directory.tree
        self.init(
            path: path,
            lower: below.map { isContinued ? $0.lower : $0.lower + [$0.upper] } ?? [],
            upper: directory.tree,
            work: isSealed ? "" : directory.work,
            isSealed: isSealed
        )
    }

    /// The changes to the lowest `count` directories, without what those hold themselves.
    func dropping(lowest count: Int) -> LayeredTree {
        var tree = self
        tree.lower = Array(lower.dropFirst(count))
        return tree
    }

    /// Returns whether a path of the sandbox is in the tree, and not the host's.
    func contains(_ path: String) -> Bool {
        path.hasSameBytes(as: self.path) || Paths.isBelow(path, self.path)
    }
}
