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
            case .check: _ = try tool.checkSignatures()
            case .prepare: try tool.prepare()
            case .install: try tool.install()
            }
        }
        return 0
    }

    /// Checks the signatures that there are, and returns the digests of those packages.
    private func checkSignatures() throws(ErrorObject) -> Set<String> {
        guard let directory = plan.signatures else { return [] }
        let signed = plan.packages.filter {
            SystemFile.exists("\(directory)/\(PackageSignatures.fileName($0.sha256))")
        }
        if signed.isEmpty { return [] }
        let home = try GnuPGHome(channel: channel)
        for (index, file) in signed.enumerated() {
            channel.progress("checking signatures", done: index, total: signed.count, unit: "packages")
            let signature = "\(directory)/\(PackageSignatures.fileName(file.sha256))"
            guard case .bad(let fault) = try home.verify(file.path, signature: signature) else { continue }
            throw ErrorObject(
                code: .untrusted,
                message: "the package \(file.name) \(fault)",
                hint: "Choose another mirror, or update the distribution's keyring",
                subject: file.name
            )
        }
        return Set(signed.map(\.sha256))
    }

    private func prepare() throws(ErrorObject) {
        _ = try checkSignatures()
        try MountPoints.make(in: plan.root)
    }

    private func install() throws {
        umask(0o022)
        let proven = try checkSignatures()
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
        // pacman records that it has checked nothing, because the host and this tool have done so.
        let validation = ByteDictionary(
            zip(records, plan.packages).map { ($0.directory, proven.contains($1.sha256) ? "pgp" : "sha256") },
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
