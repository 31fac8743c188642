import DistributionKit
import PluginKit
import PluginWire

/// Runs the pacman of the tools on a database of its own, outside of any tree, to query repositories.
struct PacmanCommand {
    /// A directory with `db/local`, `db/sync`, `root` and `pacman.conf`.
    var scratch: String
    var gpgHome: String
    var channel: ToolChannel

    struct Outcome {
        var status: Int32
        var lines: [String]

        /// The lines with errors, questions and warnings.
        var problems: [String] {
            lines.filter { $0.hasPrefix("error: ") || $0.hasPrefix(":: ") || $0.hasPrefix("warning: ") }
        }
    }

    static func environment(_ scratch: String) -> [String: String] {
        var environment = ScriptEnvironment.inherited()
        environment["LC_ALL"] = "C.UTF-8"
        environment["LANGUAGE"] = "C"
        environment["HOME"] = scratch
        return environment
    }

    func prepare() throws(ErrorObject) {
        for name in ["root", "packages", "db"] { try SystemFile.makeDirectories("\(scratch)/\(name)") }
    }

    var options: [String] {
        [
            "--config", "\(scratch)/pacman.conf", "--dbpath", "\(scratch)/db", "--root", "\(scratch)/root",
            "--cachedir", "\(scratch)/packages", "--gpgdir", gpgHome, "--logfile", "/dev/null", "--noconfirm",
            "--color", "never",
        ]
    }

    func run(_ arguments: [String]) throws(ErrorObject) -> Outcome {
        var lines: [String] = []
        let all = ["pacman"] + options + arguments
        channel.command(all)
        let command = ChildCommand(
            arguments: all,
            environment: Self.environment(scratch),
            onLine: { lines.append($0) },
            isHopeless: NoSpace.isMeant
        )
        return Outcome(status: try command.run(), lines: lines)
    }
}
