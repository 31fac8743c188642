import DistributionKit
import JSON
public import PluginKit
public import PluginWire

extension ArchPlugin {
    /// Answers with pacman's configuration and the keys, unless the user gives a configuration of their own.
    public func configure(_ request: ABI.V1.Configure, host: Host) throws -> ABI.V1.Configured {
        let context = request.context
        var files: [ABI.V1.File] = []
        if context.repositoryKeyCheck {
            let hasOwnKeys = context.sandboxTree.map { SystemFile.exists($0 + GnuPGHome.ofUser) } ?? false
            if !hasOwnKeys {
                do throws(ErrorObject) {
                    files += try Keyring.find(context).files
                } catch {
                    // They are fetched when packages are resolved: here is no network.
                    if !context.repositoryKeyFetch || error.code != ErrorObject.Code.notFound.rawValue { throw error }
                }
            }
        }
        var configuration = PacmanConfiguration()
        if let tree = context.sandboxTree, SystemFile.exists(tree + PacmanConfiguration.usual) {
            configuration = PacmanConfiguration(
                path: PacmanConfiguration.usual,
                read: { SystemFile.text(tree + $0) ?? SystemFile.text($0) },
                names: { SystemFile.names(in: tree + $0) }
            )
        } else {
            let named = try DistributionManifest.member("repositories", host: host, context: context)
            configuration = try Self.configuration(context, repositories: named?.array?.compactMap(\.string))
        }
        files.append(ABI.V1.File(path: PacmanConfiguration.path, text: configuration.text))
        let keys = files.map(\.path).filter { $0.hasSuffix(".gpg") }
        return ABI.V1.Configured(
            files: files,
            repositories: configuration.repositories.map { section in
                ABI.V1.Repository(name: section.name, urls: configuration.servers(of: section), keys: keys)
            },
            commands: try ScriptCommands(context: context, tool: host.tool("script").arguments).all
        )
    }

    /// Documentation as the packages of the distribution have it.
    private static let documentation = [
        "usr/share/doc/*", "usr/share/gtk-doc/*", "usr/share/help/*", "usr/share/info/*", "usr/share/man/*",
    ]

    static func configuration(
        _ context: ABI.V1.Context,
        repositories: [String]? = nil
    ) throws(ErrorObject) -> PacmanConfiguration {
        var configuration = PacmanConfiguration()
        configuration.options = [
            PacmanConfiguration.Entry(key: "Architecture", value: context.localArchitecture),
            PacmanConfiguration.Entry(key: "ParallelDownloads", value: "5"),
            PacmanConfiguration.Entry(
                key: "SigLevel",
                value: context.repositoryKeyCheck ? "Required DatabaseOptional" : "Never"
            ),
        ]
        if !context.documentation {
            configuration.options.append(
                PacmanConfiguration.Entry(key: "NoExtract", value: documentation.joined(separator: " "))
            )
        }
        configuration.repositories = try RepositoryChoice(context, named: repositories).sections()
        return configuration
    }
}
