/// The limit for the depth of a tree.
public enum TreeDepth {
    /// The number of directories that may be nested.
    ///
    /// A path of PATH_MAX bytes names at most 2048 levels. Nothing that is meant to be used is near that, and recursion has
    /// to fit into the stack of a thread.
    public static let limit = 1000
}
