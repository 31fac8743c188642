import DistributionKit
import PluginWire

/// The commands for a project's scripts: zypper and rpm under their own names, and short names for zypper's actions.
struct ScriptCommands {
    let context: ABI.V1.Context
    /// The command line of this plugin's tool `script`.
    let tool: [String]

    var all: [ABI.V1.ScriptCommand] {
        let own = (RPMScript.programs + ["zypper"]).map { command($0, $0, []) }
        let install = context.recommends ? ["--recommends"] : ["--no-recommends"]
        let short = [
            ("mkosi-install", ["install"] + install), ("mkosi-reinstall", ["install", "--force"] + install),
            ("mkosi-upgrade", ["update"] + install), ("mkosi-remove", ["remove", "--clean-deps"]),
        ].map { name, words in command(name, "zypper", words) }
        return own + short
    }

    private func command(_ name: String, _ program: String, _ words: [String]) -> ABI.V1.ScriptCommand {
        let database = OpensusePlugin.database
        return RPMScript.command(name, program, words, tool: tool, context: context, database: database)
    }
}
