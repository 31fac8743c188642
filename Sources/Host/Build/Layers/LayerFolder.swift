import Support

/// The folder of one step's layer: `tree` takes the changes, `work` is for the kernel, `shared` for scripts.
///
/// It lies in the workspace, or in the store where the layer is kept.
struct LayerFolder: Sendable, Hashable {
    var path: String

    var tree: String { "\(path)/tree" }
    var work: String { "\(path)/work" }
    func shared(_ folder: SharedFolder) -> String { "\(path)/shared/\(folder.rawValue)" }

    /// What a step has left in the shared folders.
    func sharedContents(of result: StepResult) -> [SharedFolder: SharedContent] {
        var contents: [SharedFolder: SharedContent] = [:]
        for (name, content) in result.folders {
            guard let folder = SharedFolder(rawValue: name) else { continue }
            contents[folder] = SharedContent(
                path: shared(folder),
                digest: content.digest,
                isEmpty: content.isEmpty
            )
        }
        return contents
    }
}
