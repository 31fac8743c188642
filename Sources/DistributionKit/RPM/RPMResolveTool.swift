import Glibc
import JSON
import PluginKit
import PluginWire
import System

/// The tool `resolve`, inside the sandbox: asks a package manager for the packages, and the indexes for what is stated of them.
public struct RPMResolveTool {
    private let plan: RPMResolvePlan
    private let channel: ToolChannel
    private let solver: any RPMSolver

    /// Runs the tool; `solver` is the package manager that the tools have.
    public static func main(solver: (RPMCommand) -> any RPMSolver) throws -> Int32 {
        let plan = try JSONText.decode(RPMResolvePlan.self, from: SystemFile.readInput() ?? [])
        let channel = try ToolChannel(path: plan.channel)
        let answer = try channel.reportingFailure(describedBy: ErrorObject.describing) {
            let command = RPMCommand(scratch: plan.scratch, channel: channel)
            return try RPMResolveTool(plan: plan, channel: channel, solver: solver(command)).run(command)
        }
        print(try JSONText.string(answer))
        return 0
    }

    private func run(_ command: RPMCommand) throws -> RPMResolveAnswer {
        try command.prepare(database: plan.database)
        // The package manager gets a tree with nothing but the database, which it may write to.
        let root = plan.scratch + "/root"
        try SystemFile.makeDirectories(root + plan.database)
        if let tree = plan.root, let database = try RPMDatabase.find(in: tree) {
            try database.copy(to: root + plan.database)
        }
        channel.progress("choosing packages")
        let choice = try solver.choose(plan, root: root)
        if let failure = choice.failure {
            return RPMResolveAnswer(error: failure.error, needsFileLists: failure.needsFileLists)
        }
        return try answer(choice.packages)
    }

    /// The packages as the indexes of their repositories state them.
    private func answer(_ chosen: [ChosenRPM]) throws -> RPMResolveAnswer {
        let present = Set(plan.present)
        var missing = chosen
        var result: [(package: ABI.V1.Package, longDigest: String?)] = []
        for repository in plan.repositories.sorted(by: { $0.priority < $1.priority }) {
            let wanted = missing.filter { $0.repository == nil || $0.repository == repository.id }
            if wanted.isEmpty { continue }
            let requested = Dictionary(wanted.map { ($0.identity, $0.isRequested) }) { $0 || $1 }
            var found: Set<RPMIdentity> = []
            for indexed in try PrimaryIndex(path: repository.primary).packages(where: { requested[$0] != nil }) {
                guard found.insert(indexed.identity).inserted else { continue }
                if present.contains(indexed.identity.exactText) { continue }
                var package = try indexed.package(of: repository.id, bases: repository.bases)
                if requested[indexed.identity] == true { package.requested = true }
                let names = indexed.provides.union([indexed.identity.name])
                if !solver.installOnly.isDisjoint(with: names) { package.alongside = true }
                result.append((package, package.sha256.isEmpty ? indexed.digest.value : nil))
            }
            missing.removeAll { found.contains($0.identity) && ($0.repository ?? repository.id) == repository.id }
        }
        if let lost = missing.first {
            let place = lost.repository.map { "the index of the repository \($0)" } ?? "the index of any repository"
            throw ErrorObject(
                code: .internalError,
                message: "\(solver.name) chose \(lost.identity.text), which is not in \(place)"
            )
        }
        result.sort {
            let (left, right) = ($0.package, $1.package)
            return (left.name, left.architecture, left.version) < (right.name, right.architecture, right.version)
        }
        var answer = RPMResolveAnswer(packages: result.map(\.package))
        answer.longDigests = result.enumerated().compactMap { number, found in
            found.longDigest.map { LongDigests.Stated(number: number, sha512: $0) }
        }
        return answer
    }
}
