import Crypto

/// The content of a tree, entry by entry in a fixed order, and one digest over all of it.
public struct TreeManifest: Sendable {
    /// The properties that are part of the digest.
    public enum Subject: String, Codable, Sendable {
        /// The sources that scripts see in place: everything except the times of directories, which also depend on
        /// ignored files. Scripts cannot read anything that the user cannot read.
        case source
        /// The parts of sources that scripts see without opening anything: the names of files, their modes, and the
        /// targets of links.
        ///
        /// Records whether a file is empty, but not its size or times.
        case names
        /// A program or library, the same on every machine that has it: no times and no owners.
        case program
        /// Files that are copied into the image and belong to root there: no owners.
        case copy
        /// A layer: everything that an image shows.
        case layer
        /// Files that scripts leave for later steps: as a layer, but without a latest time it does not matter when.
        case result
        /// Finds whether anything was touched: what the kernel says of each entry, and no content.
        case identity
    }

    /// The digest of all entries.
    public private(set) var digest = ""
    public private(set) var entries = 0
    /// Bytes of all regular files.
    public private(set) var size = 0
    /// The number of files that had to be read, because the index did not know them.
    public private(set) var read = 0

    /// Walks a tree; `visit` sees each entry as one line of text.
    ///
    /// Files that `index` knows by inode, size and time of change are not read again. Entries that `isExcluded` names
    /// by their path in the tree do not count, with all that is in them. In copies and results all times after
    /// `latest`, in seconds since the epoch, are the same, for the image has none of them. Files of more bytes than
    /// `contentLimit` are not read but known by the time of their last change. `onRead` is told of bytes that were
    /// read.
    public init(
        of path: String,
        as subject: Subject,
        latest: Int? = nil,
        index: inout TreeIndex,
        contentLimit: Int64? = nil,
        onRead: @escaping (Int) -> Void = { _ in },
        isExcluded: (String) -> Bool = { _ in false },
        visit: (String) -> Void = { _ in }
    ) throws(TreeManifestError) {
        var walk = TreeWalk(subject: subject, latest: latest.map(Int64.init), index: index)
        walk.contentLimit = contentLimit
        walk.onRead = onRead
        do throws(DigestError) {
            var digest = try Digest()
            try walk.start(path, isExcluded) { line in
                digest.update(Array("\(line)\n".utf8))
                visit(line)
            }
            self.digest = digest.finish()
        } catch {
            throw TreeManifestError(message: error.message)
        }
        (entries, size, read) = (walk.entries, walk.size, walk.read)
        index = walk.index
    }
}

/// An error that kept a tree from being read.
public struct TreeManifestError: Error, Sendable, CustomStringConvertible {
    public var message: String
    public var description: String { message }
}
