import ByteKeys
import PluginWire

/// The commands by which a project's scripts work on the tree: pacman under its own name, and short words for it.
struct ScriptCommands {
    let context: ABI.V1.Context
    /// The command line of this plugin's tool `script`.
    let tool: [String]

    var all: [ABI.V1.ScriptCommand] {
        [
            ("pacman", []), ("mkosi-install", ["--sync", "--needed"]), ("mkosi-reinstall", ["--sync"]),
            ("mkosi-upgrade", ["--sync", "--sysupgrade", "--needed"]),
            ("mkosi-remove", ["--remove", "--recursive", "--nosave"]),
        ].map { name, words in
            ABI.V1.ScriptCommand(
                name: name,
                arguments: tool + ["${root}", context.cache] + words,
                environment: ["LC_ALL": "C.UTF-8"]
            )
        }
    }
}
