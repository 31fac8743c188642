import PluginWire

/// The input of the tool `resolve` in the sandbox, as JSON on standard input.
public struct RPMResolvePlan: Codable, Sendable, Equatable {
    /// A repository whose indexes are on disk.
    public struct Repository: Codable, Sendable, Equatable {
        public var id: String
        public var directory: String
        /// The base URLs of its packages, best first.
        public var bases: [String]
        /// The path of the index of packages.
        public var primary: String
        /// Options that affect the choice of packages, such as `priority`.
        public var options: [String: String]

        /// The lowest number is preferred; the default is that of dnf.conf(5) and zypper(8).
        public var priority: Int { options["priority"].flatMap { Int($0) } ?? 99 }
    }

    public var repositories: [Repository]
    /// Names, paths, what packages provide, and groups.
    public var packages: [String]
    /// Packages that are treated as installed, as `NAME-EPOCH:VERSION-RELEASE.ARCHITECTURE`.
    public var present: [String]
    /// The tree to which packages are added; nil for a new one.
    public var root: String?
    /// A directory of the build alone.
    public var scratch = ""
    /// A directory that is kept between builds, for the package manager's binary form of the indexes.
    public var derived: String?
    public var release: String
    /// As the distribution names it.
    public var architecture: String
    public var recommends: Bool
    /// The directory of rpm's database in a tree.
    public var database: String
    public var channel: String?

    init(
        _ request: ABI.V1.Resolve,
        packages: [String],
        repositories: [FetchedRepository],
        database: String
    ) {
        let context = request.context
        self.packages = packages
        self.repositories = repositories.map { repository in
            let definition = repository.definition
            let options = Self.options.compactMap { name in definition[name].map { (name, $0) } }
            return Repository(
                id: definition.id,
                directory: repository.directory,
                bases: repository.bases,
                primary: repository.path("primary") ?? "",
                options: Dictionary(options) { $1 }
            )
        }
        present = (request.present ?? []).map { package in
            let version = package.version.contains(":") ? package.version : "0:\(package.version)"
            return "\(package.name)-\(version).\(package.architecture)"
        }
        root = request.root.flatMap { $0.isEmpty ? nil : $0 }
        derived = context.derived
        release = context.release
        architecture = context.localArchitecture
        recommends = context.recommends
        self.database = database
    }

    private static let options = [
        "priority", "cost", "excludepkgs", "exclude", "includepkgs", "module_hotfixes", "excludes", "enablegroups",
    ]
}

/// The answer of the tool `resolve`.
struct RPMResolveAnswer: Codable, Sendable {
    var packages: [ABI.V1.Package]?
    /// SHA-512 digests of packages whose index states no others, by their numbers.
    var longDigests: [LongDigests.Stated]?
    var error: ErrorObject?
    /// True if a package needs a path that only the lists of files have.
    var needsFileLists: Bool?
}
