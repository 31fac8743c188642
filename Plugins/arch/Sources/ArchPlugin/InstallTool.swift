import ByteKeys
import DistributionKit
import Glibc
import JSON
import PluginKit
import PluginWire
import System

/// The tool `install`, inside the sandbox: puts packages into a tree.
struct InstallTool {
    private let plan: InstallPlan
    private let channel: ToolChannel

    static func main(_ arguments: [String]) throws -> Int32 {
        let plan = try JSONText.decode(InstallPlan.self, from: SystemFile.readInput() ?? [])
        let channel = try ToolChannel(path: plan.channel)
        try channel.reportingFailure {
            let tool = InstallTool(plan: plan, channel: channel)
            switch plan.phase {
            case .check: try tool.checkSignatures()
            case .prepare: try MountPoints.make(in: plan.root)
            case .install: try tool.install()
            }
        }
        return 0
    }

    private func signature(of file: InstallPlan.File) -> String? {
        plan.signatures.map { "\($0)/\(PackageSignatures.fileName(file.sha256))" }
    }

    /// Checks that each package has a good signature.
    private func checkSignatures() throws(ErrorObject) {
        let home = try GnuPGHome(fetched: plan.keyring, channel: channel)
        for (index, file) in plan.packages.enumerated() {
            channel.progress("checking signatures", done: index, total: plan.packages.count, unit: "packages")
            let fault: String
            if let signature = signature(of: file), SystemFile.exists(signature) {
                guard case .bad(let reason) = try home.verify(file.path, signature: signature) else { continue }
                fault = reason
            } else {
                fault = "is not signed"
            }
            throw ErrorObject(
                code: .untrusted,
                message: "the package \(file.name) \(fault)",
                hint: "Choose another mirror, or update the distribution's keyring",
                subject: file.name
            )
        }
    }

    private func install() throws {
        umask(0o022)
        let records = try plan.packages.map { try PackageArchive.record(of: $0.path) }
        let times = records.compactMap { $0["BUILDDATE"].flatMap { Int($0) } }
        let configuration = TreeTransaction.configuration()
        let transaction = try TreeTransaction(
            root: plan.root,
            files: plan.packages.map(\.path),
            configuration: configuration,
            sourceDateEpoch: plan.sourceDateEpoch ?? times.max(),
            channel: channel
        )
        defer { transaction.remove() }
        let before = try TreeEntry.visit(plan.root) { () throws(ErrorObject) in
            ByteSet(LocalDatabase.records(in: LocalDatabase.path).map(\.name))
        }
        try transaction.install(total: plan.packages.count)
        // pacman records that it has checked nothing, because the host and this plugin have done so.
        let validation = ByteDictionary(
            zip(records, plan.packages).map { record, file in
                // A signature that is there was good: what was resolved has been checked.
                (record.directory, signature(of: file).map(SystemFile.exists) == true ? "pgp" : "sha256")
            },
            uniquingKeysWith: { $1 }
        )
        try TreeEntry.visit(plan.root) { () throws(ErrorObject) in
            try LocalDatabase.complete(
                validation,
                asked: ByteSet(plan.requested),
                before: before,
                time: plan.sourceDateEpoch ?? times.max()
            )
        }
        channel.report(InstallFinding(timestamp: times.max()))
    }
}
