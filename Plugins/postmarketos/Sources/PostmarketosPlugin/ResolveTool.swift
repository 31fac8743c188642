import ByteKeys
import Crypto
import DistributionKit
import JSON
import PluginKit
import PluginWire
import System

/// The input of the plugin's tool `resolve` in the sandbox, as JSON on standard input.
struct ResolvePlan: Codable, Sendable, Equatable {
    struct Index: Codable, Sendable, Equatable {
        var url: String
        var path: String
        /// True for packages of the user's own and of a lock file, which nothing has to sign.
        var isOwn: Bool
    }

    struct Version: Codable, Sendable, Equatable {
        var name: String
        var version: String
    }

    /// In the order of precedence.
    var indexes: [Index]
    /// A directory of public keys; nil: nothing is checked.
    var keys: String?
    var packages: [String]
    var root: String?
    /// The machine's; packages for others are left out.
    var architecture: String
    /// Packages that are treated as installed.
    var present: [Version]
    /// Versions that are preferred.
    var kept: [Version]
    var scratch: String
    var channel: String?
}

/// The result of the tool.
struct Resolution: Codable, Sendable {
    struct Package: Codable, Sendable {
        /// The record of the index.
        var text: String
        /// The position in the plan of the index that has it.
        var index: Int
        var isRequested: Bool
    }

    var packages: [Package]
    var indexes: [ABI.V1.RepositoryIndex]
}

/// The tool `resolve`, inside the sandbox: verifies the indexes and chooses packages.
enum ResolveTool {
    static func main(_ arguments: [String]) throws -> Int32 {
        let plan = try JSONText.decode(ResolvePlan.self, from: SystemFile.readInput() ?? [])
        let channel = try ToolChannel(path: plan.channel)
        let resolution = try channel.reportingFailure { try resolve(plan) }
        print(try JSONText.string(resolution))
        return 0
    }

    static func resolve(_ plan: ResolvePlan) throws -> Resolution {
        var candidates: [Solver.Candidate] = []
        var indexes: [ABI.V1.RepositoryIndex] = []
        for (number, index) in plan.indexes.enumerated() {
            let read = try SignedIndex(
                path: index.path,
                url: index.url,
                keys: index.isOwn ? nil : plan.keys,
                scratch: plan.scratch
            )
            let records = read.records.filter { ["noarch", plan.architecture].contains($0.architecture) }
            candidates += records.map { Solver.Candidate(record: $0, repository: number, isOwn: index.isOwn) }
            if index.isOwn { continue }
            indexes.append(
                ABI.V1.RepositoryIndex(
                    url: index.url,
                    sha256: try Digest.ofFile(index.path),
                    signedBy: read.signers
                )
            )
        }
        var installed: [IndexRecord] = []
        if let root = plan.root, SystemFile.isDirectory(root) {
            installed = try TreeEntry.visit(root) { () throws(ErrorObject) in InstalledDatabase.records() }
        }
        installed.removeAll { record in plan.present.contains { $0.name == record.name } }
        for present in plan.present {
            let known = candidates.first { $0.record.name == present.name && $0.record.version == present.version }
            var record = IndexRecord()
            record.lines = [(UInt8(ascii: "P"), present.name), (UInt8(ascii: "V"), present.version)]
            installed.append(known?.record ?? record)
        }
        let kept = ByteDictionary(plan.kept.map { ($0.name, $0.version) }, uniquingKeysWith: { $1 })
        let solution = try Solver(candidates).solve(plan.packages, installed: installed, kept: kept)
        return Resolution(
            packages: solution.packages.map { candidate in
                Resolution.Package(
                    text: candidate.record.text,
                    index: candidate.repository,
                    isRequested: solution.requested.contains(candidate.record.name)
                )
            },
            indexes: indexes
        )
    }
}
