import DistributionKit
public import PluginKit
public import PluginWire

extension DebianPlugin {
    /// Answers with the files of apt's and dpkg's configuration that the user has not given.
    public func configure(_ request: ABI.V1.Configure, host: Host) throws -> ABI.V1.Configured {
        let context = request.context
        let facts = try DistributionFacts.of(context)
        var files = Self.packageManagerFiles(context)
        // The user's own sources are used in addition to those of the distribution; only a file of the same name
        // replaces them.
        var sources = context.sandboxTree.map { AptSource.read(directory: $0 + "/etc/apt") } ?? []
        if !Self.hasOwnSources(context.sandboxTree) {
            let keyring =
                context.repositoryKeyCheck
                ? try Keyring.find(facts, sandboxTree: context.sandboxTree) : Keyring(signedBy: nil)
            files += keyring.files
            let choice = RepositoryChoice(
                context,
                facts,
                host: HostMirror.ofHost(facts),
                signedBy: keyring.signedBy
            )
            let own = try choice.sources()
            files.append(Self.file(own, named: Self.sourcesName))
            sources = own + sources
        }
        let local = RepositoryChoice(context, facts, host: nil, signedBy: nil).localSource()
        if let local {
            files.append(Self.file([local], named: "mkosi-local"))
            files.append(Self.localPreference)
            sources.append(local)
        }
        return ABI.V1.Configured(
            files: files,
            repositories: sources.flatMap(Self.repositories),
            commands: try ScriptCommands(context: context, tool: host.tool("script").arguments).all
        )
    }

    /// The distribution's file in apt's directory of sources, without its ending.
    private static let sourcesName = "mkosi"

    private static func hasOwnSources(_ tree: String?) -> Bool {
        tree.map { SystemFile.exists("\($0)/etc/apt/sources.list.d/\(sourcesName).sources") } ?? false
    }

    /// Packages of the user's own win whatever the versions are (apt_preferences(5)).
    private static let localPreference = ABI.V1.File(
        path: "/etc/apt/preferences.d/mkosi-local",
        text: "Package: *\nPin: release l=\(localLabel)\nPin-Priority: 1100\n"
    )

    /// By which apt knows the repository of such packages.
    static let localLabel = "mkosi-local"

    private static func file(_ sources: [AptSource], named name: String) -> ABI.V1.File {
        ABI.V1.File(
            path: "/etc/apt/sources.list.d/\(name).sources",
            text: sources.map(\.text).joined(separator: "\n")
        )
    }

    private static func repositories(_ source: AptSource) -> [ABI.V1.Repository] {
        source.suites.map { suite in
            ABI.V1.Repository(
                name: ([suite] + source.components).joined(separator: " "),
                urls: source.uris,
                keys: source.keyFiles
            )
        }
    }

    /// Files that come before the user's own in the alphabet, so that theirs win.
    static func packageManagerFiles(_ context: ABI.V1.Context) -> [ABI.V1.File] {
        var files = [
            ABI.V1.File(
                path: "/etc/apt/apt.conf.d/00mkosi.conf",
                text: """
                    APT::Install-Recommends "\(context.recommends)";
                    APT::Install-Suggests "false";
                    Acquire::Languages "none";
                    Acquire::Retries "3";

                    """
            )
        ]
        if !context.documentation {
            files.append(
                ABI.V1.File(
                    path: "/etc/dpkg/dpkg.cfg.d/00mkosi",
                    text: """
                        path-exclude=/usr/share/doc/*
                        path-exclude=/usr/share/doc-base/*
                        path-exclude=/usr/share/gtk-doc/*
                        path-exclude=/usr/share/groff/*
                        path-exclude=/usr/share/info/*
                        path-exclude=/usr/share/linda/*
                        path-exclude=/usr/share/lintian/*
                        path-exclude=/usr/share/man/*
                        path-include=/usr/share/doc/*/copyright

                        """
                )
            )
        }
        return files
    }
}
