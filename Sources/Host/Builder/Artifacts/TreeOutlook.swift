import LayerStore

/// The further work on the tree that an artifact which is made from the whole tree has to know.
struct TreeOutlook: Sendable {
    /// Absolute paths of the tree that boot loaders write to later.
    var unfinished: [String]
    /// The file system that the distribution's own installer takes.
    var fileSystem: String?

    func add(to inputs: inout LayerInputs) {
        inputs.add("paths of boot loaders", unfinished)
        if let fileSystem { inputs.add("file system of the distribution", fileSystem) }
    }
}
