import DistributionKit
import PluginWire

/// The commands for a project's scripts: dnf and rpm under their own names, and short names for dnf's actions.
struct ScriptCommands {
    let context: ABI.V1.Context
    /// The command line of this plugin's tool `script`.
    let tool: [String]

    var all: [ABI.V1.ScriptCommand] {
        let rpm = RPMScript.programs.map { command($0, $0, []) }
        let dnf = ["dnf", "dnf5"].map { command($0, "dnf", []) }
        let short = [
            ("mkosi-install", "install"), ("mkosi-reinstall", "reinstall"), ("mkosi-upgrade", "upgrade"),
            ("mkosi-remove", "remove"),
        ].map { name, word in command(name, "dnf", [word]) }
        return rpm + dnf + short
    }

    private func command(_ name: String, _ program: String, _ words: [String]) -> ABI.V1.ScriptCommand {
        let database = Family(context).database
        return RPMScript.command(name, program, words, tool: tool, context: context, database: database)
    }
}
