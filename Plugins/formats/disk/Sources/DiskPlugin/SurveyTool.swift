import DiskKit
import JSON
import PluginKit
import PluginWire
import System

/// The tool `survey`, inside the sandbox: measures what goes into the partitions.
public enum SurveyTool {
    public static let name = "survey"

    /// Reads a `DiskJob` on standard input and reports a `DiskFinding`.
    @Sendable public static func run(_ arguments: [String]) throws -> Int32 {
        var job = try JSONText.decode(DiskJob.self, from: Descriptor.readAll(0))
        let channel = try ToolChannel(path: job.channel)
        try channel.reportingFailure(describedBy: ErrorObject.ofDisk) {
            job.files = job.files ?? job.defaults.files(root: job.root)
            let builder = try job.builder(channel)
            var names: Set<String>?
            if let unfinished = job.unfinished { names = try builder.finished(without: unfinished) }
            if let prepared = job.prepared {
                let made = Set(prepared.partitions.map(\.name))
                names = Set(builder.definitions.map(\.name)).subtracting(made)
            }
            let survey = try builder.survey(only: names)
            let views = try builder.views(survey)
            channel.report(DiskFinding(files: job.files ?? [], survey: survey, names: names, views: views))
        }
        return 0
    }
}
