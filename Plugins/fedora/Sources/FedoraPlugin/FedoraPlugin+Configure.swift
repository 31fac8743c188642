import ByteKeys
import DistributionKit
public import PluginKit
public import PluginWire

extension FedoraPlugin {
    /// Answers with dnf's configuration, the repositories of the distribution, and their keys.
    public func configure(_ request: ABI.V1.Configure, host: Host) throws -> ABI.V1.Configured {
        let context = request.context
        var files = [ABI.V1.File(path: "/etc/dnf/dnf.conf", text: "[main]\n")]
        if context.sandboxTree.map({ SystemFile.exists("\($0)/etc/dnf/dnf.conf") }) ?? false { files = [] }
        files += Variables.files(context)
        let configured = try Self.repositories(context).configured { () throws(ErrorObject) in
            var keys: [String: ABI.V1.File] = [:]
            var definitions: [RepositoryDefinition] = []
            for repository in try DistributionRepositories(context).all() {
                let found = try KeyChoice(context).find(repository.keys)
                for file in found.files { keys[file.path] = file }
                definitions.append(repository.definition(keys: found.urls, checksKeys: context.repositoryKeyCheck))
            }
            return RPMRepositories.Own(definitions: definitions, keys: keys.sorted { $0.key < $1.key }.map(\.value))
        }
        return ABI.V1.Configured(
            files: files + configured.files,
            repositories: configured.repositories,
            commands: try ScriptCommands(context: context, tool: host.tool("script").arguments).all
        )
    }
}
