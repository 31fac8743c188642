import DiskKit
import PluginKit
import PluginWire

/// Runs the two tools that make a disk, one after the other, in the sandbox.
struct DiskRun {
    let host: Host
    let workspace: String
    /// The directories of the project's definitions, which may have files with blocks.
    let directories: [String]
    /// The mounts that both have besides the workspace.
    var places: [ABI.V1.Mount] = []

    /// Measures the content and then makes something of it.
    ///
    /// - Parameters:
    ///   - job: What to make; afterwards with what was found out on the way.
    ///   - tool: The second tool.
    ///   - findings: The type of what it reports.
    /// - Returns: What it reports.
    /// - Throws: What is wrong with the definitions, or the error of a tool.
    func make<Finding: Codable & Sendable>(
        _ job: inout DiskJob,
        _ tool: String,
        findings: Finding.Type
    ) throws -> [Finding] {
        // What is wrong with the definitions is said before anything is made.
        let definitions: [PartitionDefinition]
        do {
            definitions = try job.definitions(.unknown)
        } catch {
            throw ErrorObject(error)
        }
        let tools = ToolRun(host: host, workspace: workspace)
        var places = places
        if definitions.contains(where: { $0.content.copyBlocks != nil }) {
            for (index, directory) in directories.enumerated() {
                let target = "\(job.scratch)/definitions-\(index)"
                job.blockDirectories.append(target)
                places.append(ABI.V1.Mount(source: directory, target: target))
            }
        }
        let mounts = places
        let measured = job
        let found = try tools.run(
            SurveyTool.name,
            findings: DiskFinding.self,
            plan: { pipe in measured.reporting(to: pipe) },
            change: { command in
                command.label = "measure"
                command.mounts = (command.mounts ?? []) + mounts
            }
        )
        guard let finding = found.findings.last else {
            throw ErrorObject(code: .internalError, message: "the tool \(SurveyTool.name) did not report anything")
        }
        job.files = finding.files
        job.survey = finding.survey
        job.names = finding.names
        // What ran in the sandbox must not have files of the host shown to what runs next.
        for view in finding.views {
            guard ToolRun.isBelow(view.source, [job.root, job.scratch]), ToolRun.isBelow(view.target, [job.scratch])
            else {
                throw ErrorObject(
                    code: .internalError,
                    message: "the tool \(SurveyTool.name) named a strange directory"
                )
            }
        }
        let views = finding.views.map { ABI.V1.Mount(source: $0.source, target: $0.target) }
        let written = job
        let made = try tools.run(
            tool,
            findings: findings,
            plan: { pipe in written.reporting(to: pipe) },
            change: { command in
                command.label = "write"
                command.mounts = (command.mounts ?? []) + mounts + views
            }
        )
        return made.findings
    }
}

extension DiskJob {
    fileprivate func reporting(to pipe: String) -> DiskJob {
        var job = self
        job.channel = pipe
        return job
    }
}
