import DistributionKit
import Glibc
import JSON
import PluginKit
import PluginWire
import System

/// The tool `install`, inside the sandbox: puts packages into a tree.
enum InstallTool {
    static func main(_ arguments: [String]) throws -> Int32 {
        let plan = try JSONText.decode(InstallPlan.self, from: SystemFile.readInput() ?? [])
        let channel = try ToolChannel(path: plan.channel)
        try channel.reportingFailure {
            switch plan.phase {
            // apk's packages are checked by their index.
            case .check: break
            case .prepare: try MountPoints.make(in: plan.root)
            case .install: try install(plan, channel)
            }
        }
        return 0
    }

    private static func install(_ plan: InstallPlan, _ channel: ToolChannel) throws {
        umask(0o022)
        let records = try repository(plan)
        let times = records.compactMap { $0["t"].flatMap { Int($0) } }
        let list = "\(plan.scratch)/repositories"
        try SystemFile.write(list, Array("\(plan.scratch)/repository\n".utf8))
        let command = ApkCommand(
            root: plan.root,
            architecture: plan.architecture,
            repositories: list,
            environment: ScriptEnvironment.variables(sourceDateEpoch: plan.sourceDateEpoch ?? times.max()),
            channel: channel
        )
        try command.run("add", (plan.extends ? ["--upgrade"] : ["--initdb"]) + plan.requested)
        try TreeEntry.visit(plan.root) { () throws(ErrorObject) in ApkCommand.removeLeftovers() }
        channel.report(InstallFinding(timestamp: times.max()))
    }

    /// Makes a repository of exactly these packages, so that what is in `/etc/apk/world` later are names and not files.
    static func repository(_ plan: InstallPlan) throws -> [IndexRecord] {
        let directory = "\(plan.scratch)/repository/\(plan.architecture)"
        try SystemFile.makeDirectories(directory)
        let records = try plan.packages.map { path in
            let record = try PackageContent.record(of: path, scratch: plan.scratch)
            guard symlink(path, "\(directory)/\(record.fileName)") == 0 else {
                throw SystemFile.failure("create the link", "\(directory)/\(record.fileName)")
            }
            return record
        }
        try PackageContent.writeIndex(records, to: "\(directory)/\(Repositories.indexName)")
        return records
    }
}
