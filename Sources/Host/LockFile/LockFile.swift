public import PluginWire

/// `mkosi.lock`: for every image exactly what its packages were when it was written.
///
/// Plain text, one thing a line and in a fixed order, so that two people's changes merge in git. The first word of a
/// line says what it is:
///
///     mkosi-lock 1
///     image main packages
///     from acme 12 x86-64
///     ask bash
///     index SHA256 URL
///     package NAME VERSION ARCHITECTURE SIZE SHA256 FILE URL…
///     file SHA256 SIZE URL…
public struct LockFile: Sendable, Equatable {
    /// What the file is called, beside the project's configuration.
    public static let name = "mkosi.lock"
    static let version = 1

    /// In order of image and purpose.
    public var entries: [Entry] = []

    public init() {}

    /// The packages of one image for one purpose.
    public struct Entry: Sendable, Equatable {
        /// `main`, a subimage, or how else the image is called.
        public var image: String
        /// What the packages are for: the image itself, or the building of it.
        public var purpose: String
        public var distribution: String
        public var release: String
        public var architecture: String
        /// What the configuration asked for when it was resolved, in byte order.
        public var asked: [String] = []
        /// The indexes that were read.
        public var indexes: [Index] = []
        /// In order of name, architecture and version.
        public var packages: [ABI.V1.Package] = []
        /// What else was fetched.
        public var files: [File] = []

        public init(image: String, purpose: String, distribution: String, release: String, architecture: String) {
            self.image = image
            self.purpose = purpose
            self.distribution = distribution
            self.release = release
            self.architecture = architecture
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

    /// The entry of an image for a purpose.
    public func entry(image: String, purpose: String) -> Entry? {
        entries.first { $0.image == image && $0.purpose == purpose }
    }

    /// Puts an entry in its place; one of the same image and purpose is replaced.
    public mutating func set(_ entry: Entry) {
        entries.removeAll { $0.image == entry.image && $0.purpose == entry.purpose }
        entries.append(entry)
        entries.sort { ($0.image, $0.purpose) < ($1.image, $1.purpose) }
    }
}

extension LockFile.Entry {
    /// What the configuration asks for now and did not ask for then, and the other way round.
    public func changes(asked now: [String]) -> (added: [String], removed: [String]) {
        (Set(now).subtracting(asked).sorted(), Set(asked).subtracting(now).sorted())
    }

    /// Adds places of a package that another mirror or a snapshot service has, behind those that are known.
    public mutating func add(urls: [String], toPackageWith sha256: String) {
        for index in packages.indices where packages[index].sha256 == sha256 {
            packages[index].urls += urls.filter { !packages[index].urls.contains($0) }
        }
    }
}
