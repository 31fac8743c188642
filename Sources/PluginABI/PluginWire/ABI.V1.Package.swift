extension ABI.V1 {
    /// A package that `resolve` chose: enough to fetch it, to verify it and to name it in a lock file.
    public struct Package: Codable, Sendable, Equatable {
        public var name: String
        public var version: String
        public var architecture: String
        /// Its addresses, best first: `http:`, `https:` or `file:`.
        public var urls: [String]
        /// Bytes, as the signed index states it.
        public var size: Int
        /// Lower case hexadecimal, as the signed index states it.
        public var sha256: String
        /// The name of the file for the package manager, without directories.
        public var fileName: String
        /// Bytes that its files take in a tree, as far as the index states it.
        public var installedSize: Int?
        /// True if it was requested by name, not as a dependency.
        public var requested: Bool?
        /// True if it is installed without replacing other versions of the same name, as kernels are.
        public var alongside: Bool?
        /// The source package.
        public var source: String?
        /// The repository that it is from, as `configure` names it: `install` gets it back, also from a lock file.
        public var repository: String?
        /// The path of the downloaded file; the host sets it for `install`.
        public var path: String?

        public init(
            name: String,
            version: String,
            architecture: String,
            urls: [String],
            size: Int,
            sha256: String,
            fileName: String
        ) {
            self.name = name
            self.version = version
            self.architecture = architecture
            self.urls = urls
            self.size = size
            self.sha256 = sha256
            self.fileName = fileName
        }
    }

    /// An index that `resolve` read, and who signed it.
    public struct RepositoryIndex: Codable, Sendable, Equatable {
        public var url: String
        public var sha256: String
        /// Fingerprints of the keys whose signatures were good; empty when key checking is off.
        public var signedBy: [String]

        public init(url: String, sha256: String, signedBy: [String]) {
            self.url = url
            self.sha256 = sha256
            self.signedBy = signedBy
        }
    }

    /// A package that `inspect` found in a tree.
    public struct InstalledPackage: Codable, Sendable, Equatable {
        public var name: String
        public var version: String
        public var architecture: String
        /// Installed size in bytes.
        public var size: Int?
        public var source: String?
        public var sourceVersion: String?
        /// The licence, in the words of the package.
        public var license: String?
        /// True if the user requested it, false if another package needed it; nil if that is not recorded.
        public var requested: Bool?

        public init(name: String, version: String, architecture: String) {
            self.name = name
            self.version = version
            self.architecture = architecture
        }
    }
}
