public import ByteKeys
public import PluginWire

/// `mkosi.lock`: for every image exactly what its packages were when it was written.
///
/// Plain text, one thing a line and sorted by name, so that two people's changes merge in git. ORDER says in which
/// order the packages are installed; its numbers have gaps, so that a new package changes no other line. MARKS are
/// words with commas between them, or a dash. The first word of a line says what it is:
///
///     mkosi-lock 1
///     image main packages
///     from acme 12 x86-64
///     ask bash
///     index SHA256 URL
///     package NAME VERSION ARCHITECTURE ORDER SIZE SHA256 FILE MARKS URL…
///     file SHA256 SIZE URL…
public struct LockFile: Sendable, Equatable {
    /// The name of the file, next to the project's configuration.
    public static let name = "mkosi.lock"
    static let version = 1

    /// In order of their subjects.
    public private(set) var entries: [Entry] = []

    public init() {}

    /// The entries of a file, whose order of installation is what it says.
    init(read entries: [Entry]) {
        self.entries = entries.sorted { $0.subject.columns.lexicographicallyPrecedes($1.subject.columns) }
    }

    /// The subject of an entry; there is one entry of each.
    public struct Subject: Sendable, Hashable {
        /// `main`, a subimage, or how else the image is called.
        public var image: String
        /// The purpose of the packages: the image itself, or the building of it.
        public var purpose: String
        public var distribution: String
        public var release: String
        public var architecture: String

        public init(image: String, purpose: String, distribution: String, release: String, architecture: String) {
            self.image = image
            self.purpose = purpose
            self.distribution = distribution
            self.release = release
            self.architecture = architecture
        }

        var columns: [ByteText] { [image, purpose, distribution, release, architecture].map { ByteText($0) } }

        public static func == (left: Subject, right: Subject) -> Bool { left.columns == right.columns }
        public func hash(into hasher: inout Hasher) { hasher.combine(columns) }
    }

    /// The packages of one image for one purpose.
    public struct Entry: Sendable, Equatable {
        public var subject: Subject
        /// The request when it was resolved, in byte order.
        public var asked: [String] = []
        /// The indexes that were read.
        public var indexes: [Index] = []
        /// In the order in which they are installed.
        public var packages: [ABI.V1.Package] = []
        /// The other files that were fetched.
        public var files: [File] = []

        /// The places of the packages in the order of installation, by package as `LockOrder` names it.
        public var order: ByteDictionary<Int> = [:]

        public init(_ subject: Subject) {
            self.subject = subject
        }
    }

    public struct Index: Sendable, Equatable {
        public var url: String
        public var sha256: String

        public init(url: String, sha256: String) {
            self.url = url
            self.sha256 = sha256
        }
    }

    /// Something that is no package: a key, a tree.
    public struct File: Sendable, Equatable {
        public var urls: [String]
        public var size: Int
        public var sha256: String

        public init(urls: [String], size: Int, sha256: String) {
            self.urls = urls
            self.size = size
            self.sha256 = sha256
        }
    }

    public func entry(_ subject: Subject) -> Entry? {
        entries.first { $0.subject == subject }
    }

    /// Puts an entry in its place; one of the same subject is replaced, and its order kept where that is possible.
    public mutating func set(_ entry: Entry) {
        var entry = entry
        entry.order = LockOrder.places(of: entry.packages, earlier: self.entry(entry.subject)?.order ?? entry.order)
        entries.removeAll { $0.subject == entry.subject }
        entries.append(entry)
        entries.sort { $0.subject.columns.lexicographicallyPrecedes($1.subject.columns) }
    }

    /// Drops entries of images that are no more.
    public mutating func remove(where isGone: (Subject) -> Bool) {
        entries.removeAll { isGone($0.subject) }
    }
}

extension LockFile.Entry {
    /// Returns the words that the configuration has now and did not have then, and those that it no longer has.
    public func changes(asked now: [String]) -> (added: [String], removed: [String]) {
        (ByteSet(now).subtracting(asked).sorted(), ByteSet(asked).subtracting(now).sorted())
    }

    /// Adds places of a package that another mirror or a snapshot service has, behind those that are known.
    public mutating func add(urls: [String], toPackageWith sha256: String) {
        for index in packages.indices where packages[index].sha256 == sha256 {
            packages[index].urls += urls.filter { !packages[index].urls.containsBytes(of: $0) }
        }
    }
}
