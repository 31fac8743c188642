import DistributionKit
public import PluginKit
public import PluginWire

extension OpensusePlugin {
    /// Answers with zypper's configuration, the repositories of the distribution, and their keys.
    public func configure(_ request: ABI.V1.Configure, host: Host) throws -> ABI.V1.Configured {
        let context = request.context
        var files: [ABI.V1.File] = []
        if !has(Self.configurationFile, context) {
            files.append(ABI.V1.File(path: Self.configurationFile, text: Self.configuration(context)))
        }
        let path = "\(Self.repositoryDirectory)/mkosi.repo"
        // The user's own repositories are used in addition; only a file of the same name replaces the distribution's.
        let tree = context.sandboxTree
        var definitions = tree.map { RepositoryDefinition.read(directory: $0 + Self.repositoryDirectory) } ?? []
        if !has(path, context) {
            let own = try OpensuseRepositories(context).all()
            let keys = try KeyChoice(context).find(first: own.first?["baseurl"])
            let sections = own.map { repository in
                var repository = repository
                if !keys.urls.isEmpty { repository["gpgkey"] = keys.urls.joined(separator: "\n") }
                return repository
            }
            files.append(ABI.V1.File(path: path, text: sections.map(\.text).joined(separator: "\n")))
            files += keys.files
            definitions = sections + definitions
        }
        let used = Enabled.chosen(definitions, context.repositories ?? [])
        return ABI.V1.Configured(
            files: files,
            repositories: used.map { repository in
                ABI.V1.Repository(
                    name: repository.id,
                    urls: repository.words("baseurl").map {
                        RepositoryDefinition.replaced($0, Self.variables(context))
                    },
                    keys: repository.words("gpgkey").map { FileURL.path($0) ?? $0 }
                )
            },
            commands: ScriptCommands(context: context, tool: try host.tool("script").arguments).all
        )
    }

    static let repositoryDirectory = "/etc/zypp/repos.d"
    static let configurationFile = "/etc/zypp/zypp.conf"

    private func has(_ path: String, _ context: ABI.V1.Context) -> Bool {
        context.sandboxTree.map { SystemFile.exists($0 + path) } ?? false
    }

    private static func configuration(_ context: ABI.V1.Context) -> String {
        """
        [main]
        arch = \(context.localArchitecture)
        rpm.install.excludedocs = \(context.documentation ? "no" : "yes")
        solver.onlyRequires = \(context.recommends ? "false" : "true")
        repo.refresh.delay = 2880

        """
    }
}
