import DistributionKit
import Glibc
import JSON
import PluginKit
import PluginWire

/// The input of the plugin's tool `digest` in the sandbox, as JSON on standard input.
struct DigestPlan: Codable, Sendable, Equatable {
    struct File: Codable, Sendable, Equatable {
        var name: String
        var path: String
        /// As the index has it.
        var checksum: String
    }

    var files: [File]
    var scratch: String
    var channel: String?
}

/// The tool `digest`, inside the sandbox: checks downloaded packages by what the signed index says of them.
enum DigestTool {
    static func main(_ arguments: [String]) throws -> Int32 {
        let plan = try JSONText.decode(DigestPlan.self, from: SystemFile.readInput() ?? [])
        let channel = try ToolChannel(path: plan.channel)
        let digests = try channel.reportingFailure {
            try plan.files.enumerated().map { index, file in
                channel.progress("checking packages", done: index, total: plan.files.count, unit: "packages")
                do {
                    return try PackageCheck.digest(
                        of: file.path,
                        name: file.name,
                        checksum: file.checksum,
                        scratch: plan.scratch
                    )
                } catch {
                    // The next build downloads it again.
                    unlink(file.path)
                    throw error
                }
            }
        }
        print(try JSONText.string(digests))
        return 0
    }
}
