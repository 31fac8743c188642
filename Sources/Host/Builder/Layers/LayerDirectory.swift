import Support

/// The directory of one step's layer: `tree` takes the changes, `work` is for the kernel, `shared` for scripts.
///
/// It is in the workspace, or in the store where the layer is kept.
struct LayerDirectory: Sendable, Hashable {
    var path: String
    /// The directory whose tree and working directory all steps of a chain use in turn; nil: the step's own.
    var common: String?

    var tree: String { "\(common ?? path)/tree" }
    var work: String { "\(common ?? path)/work" }
    /// The hard links in `tree`, for the steps above; written when the layer is sealed.
    var links: String { "\(common ?? path)/links" }
    /// The hard links that were copied into `tree` before the step began; removed when the layer is sealed.
    var raised: String { "\(common ?? path)/raised" }
    func shared(_ directory: SharedDirectory) -> String { "\(path)/shared/\(directory.rawValue)" }

    /// Returns the content that a step has left in the shared directories.
    func sharedContents(of result: StepResult) -> [SharedDirectory: SharedContent] {
        var contents: [SharedDirectory: SharedContent] = [:]
        for (name, content) in result.directories {
            guard let directory = SharedDirectory(rawValue: name) else { continue }
            contents[directory] = SharedContent(
                path: shared(directory),
                digest: content.digest,
                isEmpty: content.isEmpty
            )
        }
        return contents
    }
}
