public import TreeWire

/// The root of a tree that is laid over another one.
public enum TreeAdoption {
    /// Gives a directory owner, mode, time, access control lists and extended attributes of another one.
    public static func adopt(_ directory: String, from other: String) throws(TreeEditError) {
        let source = try TreeDirectory(other)
        let target = try TreeDirectory(directory)
        let attributes = try NodeAttributes(of: source.number, name: other)
        try attributes.apply(to: target.number, name: directory)
        attributes.applyTime(to: target.number)
    }
}
