import ByteKeys
import DistributionKit
import Glibc
import PluginKit
import PluginWire

/// Runs the dpkg of the tree, which is the root directory now.
struct DpkgCommand {
    var environment: [String: String]
    var channel: ToolChannel
    /// The number of packages in this run.
    var total: Int
    /// The number of packages that are configured already.
    var done = 0
    /// The paths of packages that stay out of the tree.
    var filter = PathFilter()

    /// Keeps every configuration file that is there, asks nothing, and leaves no log behind.
    private static let options = [
        "--force-unsafe-io", "--force-confdef", "--force-confold", "--log=/dev/null", "--status-fd", "3",
        // One package that fails ends the installation: what dpkg would still do only delays the message.
        "--abort-after=1",
    ]

    /// Throws where a tree has no dpkg: the machine's own would follow the tree's links out of it.
    static func check() throws(ErrorObject) {
        if ["/usr/bin/dpkg", "/bin/dpkg"].contains(where: SystemFile.exists) { return }
        throw ErrorObject(
            code: .unsupported,
            message: "the image has no dpkg, so packages cannot be added or removed",
            hint: "Keep the package dpkg in the image, or in its base tree"
        )
    }

    /// Runs an action such as `--configure` with its arguments; see `PackageLinks` for `inheriting`.
    func run(_ action: [String], inheriting descriptors: [Int32] = []) throws(ErrorObject) {
        let label = String(action.first?.drop { $0 == "-" } ?? "")
        var log = DpkgLog()
        var configured: ByteSet = []
        var current = ""
        var failure: String?
        let arguments = ["dpkg"] + Self.options + filter.options + action
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
            ),
            inherited: descriptors
        )
        let status = try command.run()
        guard status == 0 else {
            let package = failure ?? current
            let reason = log.excerpt.last { $0.hasPrefix("dpkg: ") } ?? "status \(status)"
            throw ErrorObject(
                code: .commandFailed,
                // What fails before the first package has to do with none.
                message: package.isEmpty
                    ? "dpkg could not \(label) any package: \(reason)"
                    : "dpkg could not \(label) \(package), status \(status)",
                subject: package.isEmpty ? nil : package,
                output: log.excerpt.joined(separator: "\n")
            )
        }
        // The last lines on the way may have come too soon after others to be reported.
        if label == "configure" {
            channel.progress(label, done: done + configured.count, total: total, unit: "packages")
        }
    }
}
