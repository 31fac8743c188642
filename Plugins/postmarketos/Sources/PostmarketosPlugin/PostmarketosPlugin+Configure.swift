import ByteKeys
import DistributionKit
public import PluginKit
public import PluginWire
import System

extension PostmarketosPlugin {
    /// Answers with apk's list of repositories and the public keys.
    public func configure(_ request: ABI.V1.Configure, host: Host) throws -> ABI.V1.Configured {
        let context = request.context
        let urls = try Repositories.urls(context, host: host)
        var files = [ABI.V1.File(path: Repositories.path, text: urls.map { "\($0)\n" }.joined())]
        let keys = context.repositoryKeyCheck ? try Self.keys(context) : []
        files += keys
        return ABI.V1.Configured(
            files: files,
            repositories: urls.map { ABI.V1.Repository(name: Paths.name($0), urls: [$0], keys: keys.map(\.path)) },
            commands: try Self.commands(context, tool: host.tool("script").arguments)
        )
    }

    /// Public keys of the user's sandbox tree, then those of the directories that the manifest names.
    private static func keys(_ context: ABI.V1.Context) throws(ErrorObject) -> [ABI.V1.File] {
        var files: [ABI.V1.File] = []
        var seen: ByteSet = []
        let own = context.sandboxTree.map { [$0 + Repositories.keys, $0 + "/usr/share/apk/keys"] } ?? []
        for place in own + (context.keyrings ?? []) {
            let paths =
                SystemFile.isDirectory(place)
                ? SystemFile.names(in: place).filter { $0.hasSuffix(".pub") }.map { "\(place)/\($0)" } : [place]
            for path in paths where SystemFile.exists(path) {
                let name = Paths.name(path)
                if seen.insert(name).inserted {
                    files.append(ABI.V1.File(path: "\(Repositories.keys)/\(name)", source: path))
                }
            }
        }
        if files.isEmpty {
            throw ErrorObject(
                code: .notFound,
                message: "the keys of \(context.distribution) are not on this host: there are none in "
                    + (context.keyrings ?? [Repositories.keys]).joined(separator: ", "),
                hint:
                    "Install distribution-gpg-keys, or put the files NAME.rsa.pub into SandboxTrees= below etc/apk/keys",
                subject: Repositories.keys
            )
        }
        return files
    }

    /// The commands for a project's scripts.
    private static func commands(_ context: ABI.V1.Context, tool: [String]) -> [ABI.V1.ScriptCommand] {
        [
            ("apk", []), ("mkosi-install", ["add"]), ("mkosi-reinstall", ["fix", "--reinstall"]),
            ("mkosi-upgrade", ["upgrade"]), ("mkosi-remove", ["del"]),
        ].map { name, words in
            ABI.V1.ScriptCommand(
                name: name,
                arguments: tool + ["${root}", context.localArchitecture] + words,
                environment: ["LC_ALL": "C.UTF-8"]
            )
        }
    }
}
