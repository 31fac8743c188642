import ByteKeys
import DistributionKit
public import PluginKit
public import PluginWire

extension FedoraPlugin {
    /// Answers with dnf's configuration, the repositories of the distribution, and their keys.
    public func configure(_ request: ABI.V1.Configure, host: Host) throws -> ABI.V1.Configured {
        let context = request.context
        var files = [ABI.V1.File(path: "/etc/dnf/dnf.conf", text: Self.mainConfiguration)]
        if context.sandboxTree.map({ SystemFile.exists("\($0)/etc/dnf/dnf.conf") }) ?? false { files = [] }
        files += Variables.files(context)
        let path = "/etc/yum.repos.d/\(Self.fileName).repo"
        // The user's own repositories are used in addition; only a file of the same name replaces the distribution's.
        var definitions =
            context.sandboxTree.map { RepositoryDefinition.read(directory: "\($0)/etc/yum.repos.d") } ?? []
        if !(context.sandboxTree.map { SystemFile.exists($0 + path) } ?? false) {
            let own = try DistributionRepositories(context).all()
            var keys: [String: ABI.V1.File] = [:]
            let choice = KeyChoice(context)
            let sections = try own.map { repository in
                let found = try choice.find(repository.keys)
                for file in found.files { keys[file.path] = file }
                return repository.definition(keys: found.urls, checksKeys: context.repositoryKeyCheck)
            }
            files.append(ABI.V1.File(path: path, text: sections.map(\.text).joined(separator: "\n")))
            files += keys.sorted { $0.key < $1.key }.map(\.value)
            definitions = sections + definitions
        }
        if let local = context.localRepository { files.append(Self.localFile(local)) }
        let wanted = context.repositories ?? []
        let used = definitions.filter { repository in
            repository.isEnabled || wanted.contains { repository.matches($0) }
        }
        return ABI.V1.Configured(
            files: files,
            repositories: used.map { Self.shown($0, context) },
            commands: try ScriptCommands(context: context, tool: host.tool("script").arguments).all
        )
    }

    /// The name of the file with the distribution's repositories, without its ending.
    static let fileName = "mkosi"

    /// The user's own packages, for dnf in scripts; `resolve` has them in any case.
    private static func localFile(_ directory: String) -> ABI.V1.File {
        var repository = RepositoryDefinition(id: localID)
        repository["name"] = localID
        repository["baseurl"] = "file://\(directory)"
        repository["gpgcheck"] = "0"
        repository["priority"] = "1"
        return ABI.V1.File(path: "/etc/yum.repos.d/\(localID).repo", text: repository.text)
    }

    /// The identifier of the repository of the user's own packages.
    static let localID = "mkosi-local"

    private static let mainConfiguration = "[main]\n"

    private static func shown(_ repository: RepositoryDefinition, _ context: ABI.V1.Context) -> ABI.V1.Repository {
        var variables = Variables.of(context)
        for file in Variables.files(context) {
            variables[file.path.split(separator: "/").last.map(String.init) ?? ""] =
                file.text?.split(whereSeparator: \.isNewline).first.map(String.init)
        }
        let urls = ["baseurl", "metalink", "mirrorlist"].flatMap { repository.words($0) }
        return ABI.V1.Repository(
            name: repository.id,
            urls: urls.map { RepositoryDefinition.replaced($0, variables) },
            keys: repository.words("gpgkey").map { FileURL.path($0) ?? $0 }
        )
    }
}
