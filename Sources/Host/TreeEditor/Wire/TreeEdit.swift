/// The input of `mkosi-tree`: changes to a tree, made in order.
///
/// The program enters the tree with chroot(2) first, so that no link in it, whatever it says, leads outside.
public struct TreeEdits: Codable, Sendable {
    /// Absolute, in the sandbox that the program runs in.
    public var root: String
    public var edits: [TreeEdit]

    public init(root: String, edits: [TreeEdit] = []) {
        self.root = root
        self.edits = edits
    }
}

/// One change, or one question, to a tree; paths are absolute in the tree.
public struct TreeEdit: Codable, Sendable {
    public enum Kind: String, Codable, Sendable {
        /// Copies the directory or file `source` to `path`, merging directories; everything is owned by root.
        case copy
        /// Unpacks the archive `source` below `path`, with the owners that it names; directories that exist keep
        /// theirs.
        case unpack
        /// Writes `text` to `path` with `mode`, in place of whatever is there; missing parents are made.
        case write
        /// Makes the directory `path` with `mode`, unless something is there.
        case makeDirectory
        /// Makes the link `path` with the text `text`, in place of whatever is there.
        case link
        /// Removes what matches the pattern `path` (glob(7)), with all that is in it.
        case remove
        /// Sets root's password in the shadow file to the hash `text`.
        case setRootPassword
        /// Sets root's shell in the passwd file to `text`.
        case setRootShell
        /// Asks whether `path` exists.
        case probe
        /// Asks whether `path` leads through a link that is absolute or leads above the root: processes outside the tree
        /// follow it elsewhere.
        case probeOutwardLink
        /// Asks for the paths that match the pattern `path`.
        case list
        /// Removes the marks below `path` by which an overlay hides what a lower directory has.
        case removeWhiteouts
    }

    public var kind: Kind
    public var path: String
    public var source: String?
    public var text: String?
    /// Permission bits.
    public var mode: UInt32?
    /// A Boolean value indicating whether nothing is done if the parent directory of `path` does not exist.
    public var onlyInExistingDirectory: Bool?
    /// True if a copy has the owners of its source, and of directories that exist the modes that it chose.
    public var keepsOwners: Bool?
    /// True if `path` itself becomes what an archive says of its top, as where nothing but the archive makes a tree.
    public var replacesTop: Bool?

    /// True if a copy fails where the source has a named pipe, for a program is going to read it all.
    public var refusesPipes: Bool?

    public init(
        _ kind: Kind,
        _ path: String,
        source: String? = nil,
        text: String? = nil,
        mode: UInt32? = nil,
        onlyInExistingDirectory: Bool? = nil
    ) {
        self.kind = kind
        self.path = path
        self.source = source
        self.text = text
        self.mode = mode
        self.onlyInExistingDirectory = onlyInExistingDirectory
    }
}

/// The output of `mkosi-tree` when all changes were made.
public struct TreeAnswers: Codable, Sendable {
    /// The paths of `probe` that exist, those of `probeOutwardLink` with such a link, and those that `list` has found.
    public var existing: [String]

    public init(existing: [String] = []) {
        self.existing = existing
    }
}
