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
        /// The lowest number is preferred.
        var priority: Int
    }

    var repositories: [Repository]
    /// Names, with versions or without, paths, and what packages provide.
    var packages: [String]
    /// The tree to which packages are added; nil for a new one.
    var root: String?
    /// A directory of the build alone.
    var scratch = ""
    /// A directory that is kept between builds, for zypper's binary form of the indexes.
    var derived: String?
    var release: String
    /// As the distribution names it.
    var architecture: String
    var recommends: Bool
    var channel: String?

    init(_ request: ABI.V1.Resolve, packages: [String], repositories: [FetchedRepository]) {
        let context = request.context
        self.packages = packages
        self.repositories = repositories.map { repository in
            Repository(
                id: repository.definition.id,
                directory: repository.directory,
                bases: repository.bases,
                primary: repository.path("primary") ?? "",
                priority: repository.definition["priority"].flatMap { Int($0) } ?? 99
            )
        }
        root = request.root.flatMap { $0.isEmpty ? nil : $0 }
        derived = context.derived
        release = context.release
        architecture = context.localArchitecture
        recommends = context.recommends
    }
}

/// The answer of the tool `resolve`.
struct ResolveAnswer: Codable, Sendable {
    var packages: [ABI.V1.Package]?
    var error: ErrorObject?
    /// True if a package needs a path that only the lists of files have.
    var needsFileLists: Bool?
}
