import ByteKeys
import Display
import PluginHost
import PluginWire
import Support
import System
import TreeWire

/// The parts of a tree that the plugin of a step may change.
///
/// Its commands see the rest read-only. What a link of the tree, or a command outside the sandbox, has changed elsewhere
/// is found afterwards, in the layer. Owner, mode and attributes of the directories on the way to these parts may change,
/// the root's too: they are in the layer whatever is written below them.
struct TreeConfinement: Sendable {
    /// Absolute paths in the tree, without patterns.
    let paths: [String]
    let plugin: InstalledPlugin
    /// The work of the plugin, for messages: `the boot loader grub`.
    let subject: String

    /// Makes the directories that are missing, so that they can be mounted; returns these.
    ///
    /// Throws if one leads through a link that commands, which are outside the tree, would follow to another place.
    func makeDirectories(in tree: ImageTree) throws(Failure) -> [String] {
        if let link = try tree.apply(paths.map { TreeEdit(.probeOutwardLink, $0) }).existing.first {
            throw Failure(
                .configuration,
                "Cannot use \(link) of the image for \(subject): it is, or is in, a symbolic link that is absolute or leads out "
                    + "of the image",
                hint: "Make the link relative, or make it a directory"
            )
        }
        let existing = try tree.existing(paths)
        let missing = paths.filter { !existing.contains($0) }
        try tree.apply(missing.map { TreeEdit(.makeDirectory, $0, mode: 0o700) })
        return missing
    }

    /// Removes those of these directories that are empty.
    func removeEmpty(_ directories: [String], in tree: ImageTree) throws(Failure) {
        if directories.isEmpty { return }
        let content = try tree.apply(directories.map { TreeEdit(.list, "\($0)/*") }).existing
        let empty = directories.filter { directory in !content.contains { Paths.isBelow($0, directory) } }
        try tree.apply(empty.map { TreeEdit(.remove, $0) })
    }

    /// Throws if a layer, which has nothing but changes, has one elsewhere.
    func check(_ layer: ImageTree) throws(Failure) {
        let changed = try layer.apply(Self.questions(paths)).existing
        guard let first = Self.foreign(changed, paths).first else { return }
        throw Failure(
            .plugin,
            "Plugin \(plugin.name) changed \(printable(first)) of the image for \(subject), which may only write below "
                + paths.joined(separator: " and "),
            hint: "The member \"writes\" of \(plugin.directory)/plugin.json names further paths"
        )
    }

    /// The directories above the paths, the root among them.
    private static func ancestors(of paths: [String]) -> ByteSet {
        var ancestors: ByteSet = ["/"]
        for path in paths {
            var parent = Paths.parent(path)
            while let directory = parent, directory != "/" {
                ancestors.insert(directory)
                parent = Paths.parent(directory)
            }
        }
        return ancestors
    }

    /// Asks for everything in these directories.
    private static func questions(_ paths: [String]) -> [TreeEdit] {
        ancestors(of: paths).sorted().map { TreeEdit(.list, $0 == "/" ? "/*" : "\($0)/*") }
    }

    /// Those paths of a layer that are neither among the allowed ones nor on the way to one.
    static func foreign(_ changed: [String], _ allowed: [String]) -> [String] {
        let ways = ancestors(of: allowed)
        return changed.filter { path in
            !ways.contains(path) && !allowed.contains { path.hasSameBytes(as: $0) || Paths.isBelow(path, $0) }
        }
    }
}
