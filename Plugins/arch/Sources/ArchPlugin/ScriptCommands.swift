import ByteKeys
import PluginWire

/// What a project's scripts get to work on the tree with: pacman under its own name, and short words for it.
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
