public import PluginKit
public import PluginWire

/// The repositories of a distribution, as files in the format that dnf and zypper share, and which of them a build uses.
public struct RPMRepositories: Sendable {
    public let context: ABI.V1.Context
    /// The directory of the files `.repo`, such as `/etc/yum.repos.d`.
    public let directory: String
    /// The variables of definitions.
    public let variables: [String: String]
    private let matches: @Sendable (RepositoryDefinition, String) -> Bool

    /// The identifier of the repository of the user's own packages.
    public static let localID = "mkosi-local"
    /// The identifier of the repository of packages of a lock file.
    static let keptID = "mkosi-kept"

    /// Returns true for a repository that is not one of the distribution's or the user's configuration.
    static func isInternal(_ id: String) -> Bool { id == localID || id == keptID }

    /// `matches` decides if a word of `Repositories=` names a repository.
    public init(
        _ context: ABI.V1.Context,
        directory: String,
        variables: [String: String],
        matches: @escaping @Sendable (RepositoryDefinition, String) -> Bool = { $0.matches($1) }
    ) {
        self.context = context
        self.directory = directory
        self.variables = variables
        self.matches = matches
    }

    /// The variables that every package manager of the family has (dnf.conf(5), "REPO VARIABLES"; zypper(8)).
    public static func variables(_ context: ABI.V1.Context) -> [String: String] {
        let parts = context.release.split(separator: ".", maxSplits: 1).map(String.init)
        return [
            "releasever": context.release,
            "releasever_major": parts.first ?? context.release,
            "releasever_minor": parts.count > 1 ? parts[1] : "",
            "arch": context.localArchitecture,
            "basearch": context.localArchitecture,
        ]
    }

    /// Returns those of the sandbox's configuration that are enabled, and those that `Repositories=` names.
    public func enabled() throws(ErrorObject) -> [RepositoryDefinition] {
        guard let configuration = context.configuration else { return [] }
        let all = RepositoryDefinition.read(directory: configuration + directory).filter { $0.id != Self.localID }
        let words = context.repositories ?? []
        for word in words where !all.contains(where: { matches($0, word) }) {
            throw ErrorObject(
                code: .notFound,
                message: "there is no repository \(word)",
                hint: "\(context.distribution) \(context.release) has \(all.map(\.id).joined(separator: ", "))",
                subject: word
            )
        }
        return chosen(all, words)
    }

    /// Returns those that are used, in their order; a script's package manager reads all of them from its configuration.
    private func chosen(_ all: [RepositoryDefinition], _ words: [String]) -> [RepositoryDefinition] {
        Self.chosen(all, words, matches: matches)
    }

    /// Returns those that are enabled or that a word names, in their order.
    public static func chosen(
        _ all: [RepositoryDefinition],
        _ words: [String],
        matches: (RepositoryDefinition, String) -> Bool
    ) -> [RepositoryDefinition] {
        all.filter { repository in
            repository.isEnabled || words.contains { matches(repository, $0) }
        }.map { repository in
            var repository = repository
            repository["enabled"] = "1"
            return repository
        }
    }

    /// Returns the keys that packages must be signed with; nil if signatures are not checked.
    public func trust(_ host: Host) throws -> RPMTrust? {
        guard context.repositoryKeyCheck else { return nil }
        let keys = try RepositoryKeys(context, host: host)
        return try RPMTrust(enabled()) { repository throws(ErrorObject) in
            try keys.files(of: [repository], variables: variables).armored
        }
    }

    /// A file of the sandbox's configuration with the distribution's repositories, and the keys that these name.
    public struct Own {
        public var definitions: [RepositoryDefinition]
        public var keys: [ABI.V1.File]

        public init(definitions: [RepositoryDefinition], keys: [ABI.V1.File]) {
            self.definitions = definitions
            self.keys = keys
        }
    }

    /// Returns the files of the sandbox's configuration, and the repositories for what the host shows.
    ///
    /// Repositories of the user's sandbox trees are used in addition; only a file of the same name replaces the
    /// distribution's, which `own` makes.
    public func configured(
        own: () throws(ErrorObject) -> Own
    ) throws(ErrorObject) -> (files: [ABI.V1.File], repositories: [ABI.V1.Repository]) {
        let path = "\(directory)/mkosi.repo"
        let tree = context.sandboxTree
        var definitions = tree.map { RepositoryDefinition.read(directory: $0 + directory) } ?? []
        var files: [ABI.V1.File] = []
        if !(tree.map { SystemFile.exists($0 + path) } ?? false) {
            let own = try own()
            files.append(ABI.V1.File(path: path, text: own.definitions.map(\.text).joined(separator: "\n")))
            files += own.keys
            definitions = own.definitions + definitions
        }
        if let local = context.localRepository { files.append(localFile(local)) }
        return (files, try shown(chosen(definitions, context.repositories ?? [])))
    }

    /// The user's own packages, for package managers in scripts; `resolve` has them in any case.
    private func localFile(_ place: String) -> ABI.V1.File {
        var repository = RepositoryDefinition(id: Self.localID)
        repository["name"] = Self.localID
        repository["baseurl"] = "file://\(place)"
        repository["gpgcheck"] = "0"
        repository["repo_gpgcheck"] = "0"
        repository["priority"] = "1"
        return ABI.V1.File(path: "\(directory)/\(Self.localID).repo", text: repository.text)
    }

    private func shown(_ repositories: [RepositoryDefinition]) throws(ErrorObject) -> [ABI.V1.Repository] {
        var shown: [ABI.V1.Repository] = []
        for repository in repositories {
            let urls = ["baseurl", "metalink", "mirrorlist"].flatMap { repository.words($0) }
            var result = ABI.V1.Repository(
                name: repository.id,
                urls: urls.map { RepositoryDefinition.replaced($0, variables) },
                keys: repository.words("gpgkey").map { FileURL.path($0) ?? $0 }
            )
            result.tls = try RepositoryTLS(context, variables: variables).of(repository)
            shown.append(result)
        }
        return shown
    }
}
