import Glibc
import PluginWire

/// Runs dpkg: the tree's own where the tree is the root folder, else the sandbox's.
struct DpkgCommand {
    /// The tree; nil: it is the root folder.
    var root: String?
    var environment: [String: String]
    var channel: ToolChannel
    /// How many packages the work is about.
    var total: Int
    /// How many of them are configured already.
    var done = 0

    /// Keeps every configuration file that is there, asks nothing, and leaves no log behind.
    private static let options = [
        "--force-unsafe-io", "--force-confdef", "--force-confold", "--log=/dev/null", "--status-fd", "3",
        // One package that fails ends the installation: what dpkg would still do only delays the message.
        "--abort-after=1",
    ]

    /// Runs an action such as `--configure` with its arguments.
    func run(_ action: [String]) throws(ErrorObject) {
        let label = String(action.first?.drop { $0 == "-" } ?? "")
        var log = DpkgLog()
        var configured: Set<String> = []
        var current = ""
        var failure: String?
        let arguments = ["dpkg"] + (root.map { ["--root=\($0)"] } ?? []) + Self.options + action
        channel.command(arguments)
        if label == "configure" { channel.progress(label, done: done, total: total, unit: "packages") }
        let command = ChildCommand(
            arguments: arguments,
            environment: environment,
            onLine: { line in
                print(line)
                log.append(line)
            },
            status: (
                3,
                { line in
                    // `processing: configure: NAME`, `status: NAME: STATE`, `status: NAME : error : TEXT`.
                    let parts = line.split(separator: ":").map { Text.trimmed(String($0)) }
                    guard parts.count >= 3 else { return }
                    if parts[0] == "processing" {
                        current = parts[2]
                    } else if parts.last == "installed" {
                        configured.insert(parts[1])
                    } else if parts.contains("error"), failure == nil {
                        failure = parts[1]
                    }
                    if !channel.isQuiet {
                        channel.progress(label, done: done + configured.count, total: total, unit: "packages")
                    }
                }
            )
        )
        let status = try command.run()
        guard status == 0 else {
            throw ErrorObject(
                code: .commandFailed,
                message: "dpkg could not \(label) \(failure ?? current), status \(status)",
                subject: failure ?? current,
                output: log.excerpt.joined(separator: "\n")
            )
        }
    }
}
