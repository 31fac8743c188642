import Glibc
import PluginWire

/// Lets the tree's own dpkg configure all packages in one run.
struct ConfigureRun {
    var names: [String]
    var environment: [String: String]
    var channel: ToolChannel
    var onLine: (String) -> Void

    /// Keeps every configuration file that is there, asks nothing, and leaves no log behind.
    private static let options = [
        "--force-unsafe-io", "--force-confdef", "--force-confold", "--log=/dev/null", "--status-fd", "3",
    ]

    func run() throws(ErrorObject) {
        if names.isEmpty { return }
        var tail: [String] = []
        var configured: Set<String> = []
        var current = ""
        var failure: String?
        let command = ChildCommand(
            arguments: ["dpkg"] + Self.options + ["--configure"] + names,
            environment: environment,
            onLine: { line in
                onLine(line)
                tail.append(line)
                if tail.count > 20 { tail.removeFirst() }
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
                        channel.progress("configure", done: configured.count, total: names.count, unit: "packages")
                    }
                }
            )
        )
        let status = try command.run()
        guard status == 0 else {
            throw ErrorObject(
                code: .commandFailed,
                message: "dpkg could not configure \(failure ?? current), status \(status)",
                subject: failure ?? current,
                output: tail.joined(separator: "\n")
            )
        }
    }
}
