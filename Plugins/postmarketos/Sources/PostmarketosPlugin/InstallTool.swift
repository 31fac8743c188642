import ByteKeys
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
        try TreeEntry.visit(plan.root) { () throws(ErrorObject) in
            ApkCommand.removeLeftovers()
            if !plan.documentation { removeDocumentation(of: ByteSet(records.map(\.name))) }
        }
        channel.report(InstallFinding(timestamp: times.max()))
    }

    /// Removes what apk cannot leave out, in the tree, which is the root directory now.
    private static func removeDocumentation(of names: ByteSet) {
        let directories = ["doc", "gtk-doc", "help", "info", "man"].map { "/usr/share/\($0)/" }
        for record in InstalledDatabase.records() where names.contains(record.name) {
            // What is in a directory comes after it.
            for path in InstalledDatabase.paths(of: record).reversed()
            where directories.contains(where: path.hasPrefix) {
                if unlink(path) != 0 { rmdir(path) }
            }
        }
    }

    /// Makes a repository of exactly these packages, so that what is in `/etc/apk/world` later are names and not files.
    static func repository(_ plan: InstallPlan) throws -> [IndexRecord] {
        let directory = "\(plan.scratch)/repository"
        try SystemFile.makeDirectories("\(directory)/\(plan.architecture)")
        let records = try plan.packages.map { package in
            var record = try PackageContent.record(of: package.path, scratch: plan.scratch)
            record.architecture = package.architecture
            // apk looks for a package in the directory of the package's own architecture.
            let place = "\(directory)/\(record.architecture)"
            try SystemFile.makeDirectories(place)
            guard symlink(package.path, "\(place)/\(record.fileName)") == 0 else {
                throw SystemFile.failure("create the link", "\(place)/\(record.fileName)")
            }
            return record
        }
        try PackageContent.writeIndex(records, to: "\(directory)/\(plan.architecture)/\(Repositories.indexName)")
        return records
    }
}
