import DiskKit
import JSON
import PluginKit
import PluginWire
import System

/// The tool `prepare`, inside the sandbox: makes the partitions that do not depend on what starts the disk.
public enum PrepareTool {
    public static let name = "prepare"

    /// Reads a `DiskJob` on standard input and reports a `PreparedDisk`.
    @Sendable public static func run(_ arguments: [String]) throws -> Int32 {
        let job = try JSONText.decode(DiskJob.self, from: Descriptor.readAll(0))
        let channel = try ToolChannel(path: job.channel)
        try channel.reportingFailure(describedBy: ErrorObject.ofDisk) {
            channel.report(try job.builder(channel).prepare(job.names ?? [], job.survey))
        }
        return 0
    }
}
