import ByteKeys
import PluginWire

/// The commands for a project's scripts: dnf and rpm under their own names, and short names for dnf's actions.
struct ScriptCommands {
    let context: ABI.V1.Context
    /// The command line of this plugin's tool `script`.
    let tool: [String]

    var all: [ABI.V1.ScriptCommand] {
        let rpm = ["rpm", "rpmquery", "rpmkeys"].map { name in
            ABI.V1.ScriptCommand(name: name, arguments: words("rpm", name, []), environment: [:])
        }
        let dnf = ["dnf", "dnf5"].map { name in
            ABI.V1.ScriptCommand(name: name, arguments: words("dnf", name, []), environment: [:])
        }
        let short = [
            ("mkosi-install", "install"), ("mkosi-reinstall", "reinstall"), ("mkosi-upgrade", "upgrade"),
            ("mkosi-remove", "remove"),
        ].map { name, word in
            ABI.V1.ScriptCommand(name: name, arguments: words("dnf", "dnf", [word]), environment: [:])
        }
        return rpm + dnf + short
    }

    private func words(_ kind: String, _ program: String, _ rest: [String]) -> [String] {
        tool + [
            kind, "${root}", context.cache, context.localArchitecture, context.release, Family(context).database,
            "\(context.recommends)", "\(context.documentation)", "\(context.repositoryKeyCheck)",
            (context.repositories ?? []).joined(separator: ","), program,
        ] + rest
    }
}
