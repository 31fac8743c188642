import Configuration
import Support
import TreeEditor

/// `BaseTrees=`: folders that lie below the image's own layers as they are, and archives that are unpacked for it.
enum BaseTrees {
    /// The folders, from the bottom.
    static func folders(
        for image: ImageConfiguration,
        in folders: LayerFolders,
        runner: SandboxRunner
    ) throws(Failure) -> [String] {
        var result: [String] = []
        for (index, path) in image[.baseTrees].enumerated() {
            guard let source = Paths.resolved(path) else {
                throw Failure(
                    .missing,
                    "BaseTrees= names \(path), which does not exist",
                    hint: "It is set by \(image.origin(of: "BaseTrees"))"
                )
            }
            if Files.isDirectory(source) {
                result.append(source)
            } else if TreeCopies.isArchive(source) {
                let upper = try folders.make("base-\(index)").upper
                try ImageTree(path: upper, runner: runner).apply([TreeEdit(.unpack, "/", source: source)])
                result.append(upper)
            } else {
                throw Failure(
                    .configuration,
                    "BaseTrees= names \(path), which is neither a folder nor a tar file",
                    hint: "It is set by \(image.origin(of: "BaseTrees"))"
                )
            }
        }
        return result
    }
}
