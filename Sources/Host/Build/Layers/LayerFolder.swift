import Support

/// The directory of one step's layer: `tree` takes the changes, `work` is for the kernel, `shared` for scripts.
///
/// It is in the workspace, or in the store where the layer is kept.
struct LayerFolder: Sendable, Hashable {
    var path: String
    /// The directory whose tree and working directory all steps of a chain use in turn; nil: the step's own.
    var common: String?

    var tree: String { "\(common ?? path)/tree" }
    var work: String { "\(common ?? path)/work" }
    /// The hard links in `tree`, for the steps above; written when the layer is sealed.
    var links: String { "\(common ?? path)/links" }
    /// The hard links that were copied into `tree` before the step began; removed when the layer is sealed.
    var raised: String { "\(common ?? path)/raised" }
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
