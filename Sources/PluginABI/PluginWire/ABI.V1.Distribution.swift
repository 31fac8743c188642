public import ByteKeys

extension ABI.V1 {
    /// `distribution/configure`: what the package manager's configuration has to be, without touching the network.
    public struct Configure: Codable, Sendable, Equatable {
        public static let method = "distribution/configure"
        public var context: Context
        public init(context: Context) { self.context = context }
    }

    public struct Configured: Codable, Sendable, Equatable {
        /// Files for the sandbox; the host writes them below `Context.configuration`.
        public var files: [File]
        /// Repositories as people read them, for `--debug` and the lock file.
        public var repositories: [Repository]
        /// Commands by which the project's scripts work on the tree.
        public var commands: [ScriptCommand]?

        public init(files: [File], repositories: [Repository], commands: [ScriptCommand]? = nil) {
            self.files = files
            self.repositories = repositories
            self.commands = commands
        }
    }

    /// A program that scripts find on their path, pointed at the tree.
    public struct ScriptCommand: Codable, Sendable, Equatable {
        /// The name that scripts use.
        public var name: String
        /// The host's program and the arguments before the script's own; `${root}` is the tree.
        public var arguments: [String]
        public var environment: ByteDictionary<String>?

        public init(name: String, arguments: [String], environment: ByteDictionary<String>? = nil) {
            self.name = name
            self.arguments = arguments
            self.environment = environment
        }
    }

    /// A file for the sandbox: text of its own, or a copy of a file of the host.
    public struct File: Codable, Sendable, Equatable {
        /// Absolute in the sandbox.
        public var path: String
        public var text: String?
        /// Absolute on the host.
        public var source: String?
        /// Permission bits; default 0644.
        public var mode: Int?

        public init(path: String, text: String? = nil, source: String? = nil, mode: Int? = nil) {
            self.path = path
            self.text = text
            self.source = source
            self.mode = mode
        }
    }

    public struct Repository: Codable, Sendable, Equatable {
        public var name: String
        public var urls: [String]
        /// The key files that its index must be signed with.
        public var keys: [String]
        /// The TLS settings of its servers; nil for those of all others.
        public var tls: TLS?

        public init(name: String, urls: [String], keys: [String]) {
            self.name = name
            self.urls = urls
            self.keys = keys
        }
    }

    /// The TLS settings of a repository's servers; all are absolute paths of PEM files on the host.
    public struct TLS: Codable, Sendable, Equatable {
        /// The certificate by which a server knows this client.
        public var certificate: String?
        /// Its private key; absent: it is in the file of the certificate.
        public var certificateKey: String?
        /// Certificates of those who may have certified the server; absent: those of the system.
        public var authorities: String?
        /// False if the server's certificate is not checked.
        public var checksServer: Bool?

        public init() {}
    }

    /// `distribution/resolve`: which exact packages does this request mean today.
    public struct Resolve: Codable, Sendable, Equatable {
        public static let method = "distribution/resolve"
        public var context: Context
        /// `Packages=` in the distribution's own words.
        public var packages: [String]
        /// Names of the description's package sets to add, in order.
        public var packageSets: [String]
        /// The tree to be extended; absent or empty: a new one.
        public var root: String?
        /// Packages that count as installed, chosen by an earlier answer; there is no tree yet that has them.
        public var present: [Package]?
        /// Packages, each with `path`, that are chosen before any other version of them.
        ///
        /// They are those of a lock file, which a repository need not have any more.
        public var keep: [Package]?
        /// True if nothing but `keep` and the local repository may be chosen; the network is off then.
        public var closed: Bool?
        /// True if `urls` is to list all places that are known, services that keep old packages among them.
        public var allPlaces: Bool?

        public init(context: Context, packages: [String], packageSets: [String], root: String? = nil) {
            self.context = context
            self.packages = packages
            self.packageSets = packageSets
            self.root = root
        }
    }

    public struct Resolved: Codable, Sendable, Equatable {
        /// In an order in which they can be installed.
        public var packages: [Package]
        public var indexes: [RepositoryIndex]

        public init(packages: [Package], indexes: [RepositoryIndex]) {
            self.packages = packages
            self.indexes = indexes
        }
    }

    /// `distribution/install`: put exactly these packages, already on disk, into this tree, with the network off.
    public struct Install: Codable, Sendable, Equatable {
        public static let method = "distribution/install"
        public var context: Context
        /// The tree; it exists and may be empty.
        public var root: String
        /// Each with `path`.
        public var packages: [Package]
        /// The number of threads that may work; one when it is absent.
        public var jobs: Int?
        /// True if the tree has installed packages, false if it has no package database; absent if that is unknown.
        public var extends: Bool?

        public init(context: Context, root: String, packages: [Package], jobs: Int? = nil) {
            self.context = context
            self.root = root
            self.packages = packages
            self.jobs = jobs
        }
    }

    public struct Installed: Codable, Sendable, Equatable {
        /// The newest time that the packages themselves carry, in seconds since the epoch.
        ///
        /// The latest time stamp of the image if the user names none with `SourceDateEpoch=`.
        public var timestamp: Int?
        /// The packages that `inspect` would find now; without them the host requests `inspect`.
        public var packages: [InstalledPackage]?

        public init(timestamp: Int? = nil, packages: [InstalledPackage]? = nil) {
            self.timestamp = timestamp
            self.packages = packages
        }
    }

    /// `distribution/remove`: take these packages out of the tree.
    public struct Remove: Codable, Sendable, Equatable {
        public static let method = "distribution/remove"
        public var context: Context
        public var root: String
        public var names: [String]

        public init(context: Context, root: String, names: [String]) {
            self.context = context
            self.root = root
            self.names = names
        }
    }

    /// `distribution/inspect`: what is installed in this tree.
    public struct Inspect: Codable, Sendable, Equatable {
        public static let method = "distribution/inspect"
        public var context: Context
        public var root: String
        /// True if licences are wanted; without it, a plugin may leave out those that it would have to search for.
        public var licenses: Bool?

        public init(context: Context, root: String, licenses: Bool? = nil) {
            self.context = context
            self.root = root
            self.licenses = licenses
        }
    }

    public struct Inspected: Codable, Sendable, Equatable {
        /// Sorted by name, then architecture.
        public var packages: [InstalledPackage]
        /// Paths in the tree that only the package manager needs: what `CleanPackageMetadata=` removes.
        public var metadata: [String]

        public init(packages: [InstalledPackage], metadata: [String]) {
            self.packages = packages
            self.metadata = metadata
        }
    }

    /// `distribution/owners`: which packages paths of the tree come from, without touching the network.
    public struct Owners: Codable, Sendable, Equatable {
        public static let method = "distribution/owners"
        public var context: Context
        public var root: String
        /// Absolute in the tree.
        public var paths: [String]

        public init(context: Context, root: String, paths: [String]) {
            self.context = context
            self.root = root
            self.paths = paths
        }
    }

    public struct Owned: Codable, Sendable, Equatable {
        /// Names of packages by path; paths that belong to none are missing.
        public var owners: ByteDictionary<[String]>

        public init(owners: ByteDictionary<[String]>) {
            self.owners = owners
        }
    }

    /// `distribution/makeRepository`: turn a directory of package files into a repository, in place.
    public struct MakeRepository: Codable, Sendable, Equatable {
        public static let method = "distribution/makeRepository"
        public var context: Context
        public var directory: String

        public init(context: Context, directory: String) {
            self.context = context
            self.directory = directory
        }
    }

    /// `distribution/latestSnapshot`: the newest value that `Snapshot=` could have.
    public struct LatestSnapshot: Codable, Sendable, Equatable {
        public static let method = "distribution/latestSnapshot"
        public var context: Context
        public init(context: Context) { self.context = context }
    }

    public struct Snapshot: Codable, Sendable, Equatable {
        public var snapshot: String
        public init(snapshot: String) { self.snapshot = snapshot }
    }
}
