import DistributionKit
import PluginWire

/// The input of the plugin's tool `resolve` in the sandbox, as JSON on standard input.
struct ResolvePlan: Codable, Sendable, Equatable {
    /// A repository whose indexes are on disk.
    struct Repository: Codable, Sendable, Equatable {
        var id: String
        var directory: String
        /// Where its packages are, best first.
        var bases: [String]
        /// The path of the index of packages.
        var primary: String
        /// Options that affect the choice of packages, such as `priority`.
        var options: [String: String]
    }

    var repositories: [Repository]
    /// Names, paths, what packages provide, and groups.
    var packages: [String]
    /// Packages that are treated as installed, as `NAME-EPOCH:VERSION-RELEASE.ARCHITECTURE`.
    var present: [String]
    /// The tree to which packages are added; nil for a new one.
    var root: String?
    /// A directory of the build alone.
    var scratch = ""
    /// A directory that is kept between builds, for dnf's binary form of the indexes.
    var derived: String?
    var release: String
    /// As the distribution names it.
    var architecture: String
    var recommends: Bool
    /// Where a tree has rpm's database.
    var database: String
    var channel: String?

    init(_ request: ABI.V1.Resolve, packages: [String], repositories: [FetchedRepository]) {
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
        database = Family(context).database
    }

    private static let options = [
        "priority", "cost", "excludepkgs", "exclude", "includepkgs", "module_hotfixes", "excludes", "enablegroups",
    ]
}

/// The answer of the tool `resolve`.
struct ResolveAnswer: Codable, Sendable {
    var packages: [ABI.V1.Package]?
    var error: ErrorObject?
    /// True if a package needs a path that only the lists of files have.
    var needsFileLists: Bool?
}
