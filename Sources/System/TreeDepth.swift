/// How deep a tree may be.
public enum TreeDepth {
    /// How many directories may be nested.
    ///
    /// A path of PATH_MAX bytes names at most 2048 levels. Nothing that is meant to be used is near that, and recursion has
    /// to fit into the stack of a thread.
    public static let limit = 1000
}
