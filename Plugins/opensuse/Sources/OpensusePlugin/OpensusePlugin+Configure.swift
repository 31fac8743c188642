import DistributionKit
public import PluginKit
public import PluginWire

extension OpensusePlugin {
    /// Answers with zypper's configuration, the repositories of the distribution, and their keys.
    public func configure(_ request: ABI.V1.Configure, host: Host) throws -> ABI.V1.Configured {
        let context = request.context
        var files: [ABI.V1.File] = []
        if !(context.sandboxTree.map { SystemFile.exists($0 + Self.configurationFile) } ?? false) {
            files.append(ABI.V1.File(path: Self.configurationFile, text: Self.configuration(context)))
        }
        let configured = try Self.repositories(context).configured { () throws(ErrorObject) in
            var definitions = try OpensuseRepositories(context).all()
            let keys = try KeyChoice(context).find(first: definitions.first?["baseurl"])
            if !keys.urls.isEmpty {
                for index in definitions.indices { definitions[index]["gpgkey"] = keys.urls.joined(separator: "\n") }
            }
            return RPMRepositories.Own(definitions: definitions, keys: keys.files)
        }
        return ABI.V1.Configured(
            files: files + configured.files,
            repositories: configured.repositories,
            commands: ScriptCommands(context: context, tool: try host.tool("script").arguments).all
        )
    }

    private static let configurationFile = "/etc/zypp/zypp.conf"

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
