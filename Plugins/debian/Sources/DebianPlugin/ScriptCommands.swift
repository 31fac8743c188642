import ByteKeys
import PluginWire

/// The commands by which a project's scripts work on the tree: apt and dpkg under their own names, and short words for
/// apt.
struct ScriptCommands {
    let context: ABI.V1.Context
    /// The command line of this plugin's tool `script`.
    let tool: [String]

    var all: [ABI.V1.ScriptCommand] {
        let apt = ["apt", "apt-get", "apt-cache", "apt-mark"].map { command($0, apt: $0, []) }
        let dpkg = ["dpkg", "dpkg-query"].map { name in
            ABI.V1.ScriptCommand(name: name, arguments: tool + ["dpkg", "${root}", name], environment: environment)
        }
        let short = [
            ("mkosi-install", ["install"]), ("mkosi-reinstall", ["install", "--reinstall"]),
            ("mkosi-upgrade", ["upgrade"]), ("mkosi-remove", ["purge"]),
        ].map { name, words in command(name, apt: "apt-get", words) }
        return apt + dpkg + short
    }

    private func command(_ name: String, apt program: String, _ words: [String]) -> ABI.V1.ScriptCommand {
        ABI.V1.ScriptCommand(
            name: name,
            arguments: tool + ["apt", "${root}", context.cache, context.localArchitecture, program] + words,
            environment: environment
        )
    }

    private var environment: ByteDictionary<String> {
        ["DEBIAN_FRONTEND": "noninteractive", "LC_ALL": "C.UTF-8", "INITRD": "No"]
    }
}
