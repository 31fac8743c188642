import Glibc
import System

/// The input of `mkosi-tree --seal`: directories of a layer that are finished.
///
/// The program runs where files of all users of the build can be read and changed.
public struct TreeSeal: Codable, Sendable {
    /// Directories in which no time stamp stays later than `time`, in seconds since the epoch.
    public var clamp: [String]
    public var time: Int?
    public var measures: [Measure]
    /// The tree whose hard links are listed; nil for none.
    public var links: Links?

    /// A tree, and the file for the list of what has several names in it.
    public struct Links: Codable, Sendable {
        public var tree: String
        public var file: String

        public init(tree: String, file: String) {
            self.tree = tree
            self.file = file
        }
    }

    /// A tree that is to be digested.
    public struct Measure: Codable, Sendable {
        public var path: String
        public var subject: TreeManifest.Subject
        /// The tree that the path is of: links on the way and at its end lead to places in it.
        ///
        /// nil: what is at the path is digested, a link as a link.
        public var root: String?
        /// The file with the digests of earlier walks; nil: every file is read.
        public var index: String?

        public init(_ path: String, in root: String? = nil, as subject: TreeManifest.Subject, index: String? = nil) {
            self.path = path
            self.root = root
            self.subject = subject
            self.index = index
        }

        /// The place of the content.
        fileprivate var place: String? {
            guard let root else { return path }
            return Files.place(path, inTree: root)
        }
    }

    public init(clamp: [String] = [], to time: Int? = nil, measures: [Measure] = []) {
        self.clamp = clamp
        self.time = time
        self.measures = measures
    }

    /// Digests the trees, in their order.
    public func measure() throws -> [TreeMeasure] {
        try measures.map { measure in
            guard let place = measure.place else { throw SystemCallError("open", measure.path, errno: ENOENT) }
            var index = measure.index.map { TreeIndex(file: $0) } ?? TreeIndex()
            let manifest = try TreeManifest(of: place, as: measure.subject, latest: time, index: &index)
            if let path = measure.index { try index.write(to: path) }
            return TreeMeasure(digest: manifest.digest, entries: manifest.entries, size: manifest.size)
        }
    }
}

/// The size and the digest of a tree.
public struct TreeMeasure: Codable, Sendable, Equatable {
    public var digest: String
    /// Files, directories and links, with the root itself.
    public var entries: Int
    /// Bytes of all regular files.
    public var size: Int

    /// True if there is nothing in it.
    public var isEmpty: Bool { entries <= 1 }
}
