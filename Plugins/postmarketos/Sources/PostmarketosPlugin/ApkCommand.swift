import DistributionKit
import Glibc
import PluginKit
import PluginWire

/// Runs the apk of the tools on a tree, without the network.
///
/// The options are those that apk-tools 2 and 3 both have (apk(8)).
struct ApkCommand {
    var root: String
    var architecture: String
    /// A file with the repositories, one a line.
    var repositories: String
    var environment: [String: String]
    var channel: ToolChannel

    static func options(root: String, architecture: String) -> [String] {
        ["--root", root, "--arch", architecture, "--keys-dir", Repositories.keys, "--no-progress"]
    }

    /// Runs an action such as `add` with its arguments.
    func run(_ action: String, _ arguments: [String]) throws(ErrorObject) {
        var log = OutputExcerpt()
        var failure: String?
        // What is in these repositories was checked when it was chosen.
        let all =
            ["apk"] + Self.options(root: root, architecture: architecture)
            + ["--repositories-file", repositories, "--no-network", "--no-cache", "--allow-untrusted", action]
            + arguments
        channel.command(all)
        let command = ChildCommand(
            arguments: all,
            environment: environment,
            onLine: { line in
                print(line)
                log.append(line)
                if line.hasPrefix("ERROR: "), failure == nil { failure = String(line.dropFirst(7)) }
                // `unable to select packages:`, and which ones in the next line.
                if line.hasPrefix("  "), let begun = failure, begun.hasSuffix(":") {
                    failure = begun + line.dropFirst()
                }
                // `(3/40) Installing NAME (VERSION)`
                let words = line.utf8.split(separator: UInt8(ascii: " ")).map { String(Substring($0)) }
                if words.count > 2, words[0].hasPrefix("("), !channel.isQuiet {
                    channel.progress(words[1...2].joined(separator: " "))
                }
            }
        )
        let status = try command.run()
        guard status == 0 else {
            throw ErrorObject(
                code: .commandFailed,
                message: "apk \(action) failed: \(failure ?? "it ended with status \(status)")",
                output: log.lines.joined(separator: "\n")
            )
        }
    }

    /// Removes the files that apk leaves in the tree, which is the root directory now.
    static func removeLeftovers() {
        for directory in InstalledDatabase.directories { unlink("\(directory)/lock") }
        unlink("/var/log/apk.log")
        for name in SystemFile.names(in: "/var/cache/apk") where name.hasPrefix("APKINDEX.") {
            unlink("/var/cache/apk/\(name)")
        }
    }
}
