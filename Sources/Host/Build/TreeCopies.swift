import Configuration
import Support
import TreeEditor

/// `SkeletonTrees=` and `ExtraTrees=`: folders and files of the project that go into the image.
enum TreeCopies {
    /// Whether all trees exist, before anything takes time.
    static func check(_ image: ImageConfiguration) throws(Failure) {
        for setting in [Setting<[Tree]>.skeletonTrees, .extraTrees, .sandboxTrees] {
            for tree in image[setting] where Paths.resolved(tree.source) == nil {
                throw Failure(
                    .missing,
                    "\(setting.name)= names \(tree.source), which does not exist",
                    hint: "It is set by \(image.origin(of: setting.name))"
                )
            }
        }
    }

    /// The changes that copy these trees; a source that does not exist is an error that names the setting.
    static func edits(for trees: [Tree], setting: String) throws(Failure) -> [TreeEdit] {
        var edits: [TreeEdit] = []
        for tree in trees {
            guard let source = Paths.resolved(tree.source) else {
                throw Failure(.missing, "\(setting)= names \(tree.source), which does not exist")
            }
            let target = tree.target.map { $0.hasPrefix("/") ? $0 : "/\($0)" } ?? "/"
            if isArchive(source) {
                edits.append(TreeEdit(.unpack, target, source: source))
            } else if !Files.isDirectory(source), target == "/" || target.hasSuffix("/") {
                edits.append(TreeEdit(.copy, Paths.join(target, Paths.name(tree.source)), source: source))
            } else {
                edits.append(TreeEdit(.copy, target, source: source))
            }
        }
        return edits
    }

    private static let archiveSuffixes = [
        ".tar", ".tar.gz", ".tgz", ".tar.xz", ".tar.zst", ".tar.bz2", ".tar.lz4", ".tar.lzma",
    ]

    /// Whether a path names a tar file, which is unpacked and not copied.
    static func isArchive(_ path: String) -> Bool {
        archiveSuffixes.contains { path.hasSuffix($0) } && !Files.isDirectory(path)
    }
}
