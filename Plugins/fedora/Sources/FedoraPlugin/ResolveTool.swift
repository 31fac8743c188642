import ByteKeys
import DistributionKit
import Glibc
import JSON
import PluginKit
import PluginWire
import System

/// The tool `resolve`, inside the sandbox: asks dnf for the packages, and the indexes for what is stated of them.
struct ResolveTool {
    private let plan: ResolvePlan
    private let channel: ToolChannel

    static func main(_ arguments: [String]) throws -> Int32 {
        let plan = try JSONText.decode(ResolvePlan.self, from: SystemFile.readInput() ?? [])
        let channel = try ToolChannel(path: plan.channel)
        let answer = try channel.reportingFailure(describedBy: ErrorObject.describing) {
            try ResolveTool(plan: plan, channel: channel).run()
        }
        print(try JSONText.string(answer))
        return 0
    }

    private func run() throws -> ResolveAnswer {
        let command = RPMCommand(scratch: plan.scratch, channel: channel)
        try command.prepare(database: plan.database)
        // dnf gets a tree with nothing but the database, which it may write to.
        let root = plan.scratch + "/root"
        try SystemFile.makeDirectories(root + plan.database)
        if let tree = plan.root, let database = try RPMDatabase.find(in: tree) {
            try database.copy(to: root + plan.database)
        }
        channel.progress("choosing packages")
        let choice = try solver(command).choose(plan, root: root)
        if let failure = choice.failure {
            return ResolveAnswer(error: failure.error, needsFileLists: failure.needsFileLists)
        }
        return ResolveAnswer(packages: try packages(choice.packages))
    }

    /// dnf of the generation that the tools have, the newer one first.
    private func solver(_ command: RPMCommand) throws -> any Solver {
        if ["/usr/bin/dnf5", "/bin/dnf5"].contains(where: SystemFile.exists) { return DNF5(command: command) }
        return DNF4(command: command)
    }

    private func packages(_ chosen: [ChosenPackage]) throws -> [ABI.V1.Package] {
        let present = Set(plan.present)
        var result: [ABI.V1.Package] = []
        let byRepository = ByteDictionary(grouping: chosen) { $0.repository }
        for repository in plan.repositories {
            guard let wanted = byRepository[repository.id] else { continue }
            let requested = Dictionary(wanted.map { ($0.identity, $0.isRequested) }) { $0 || $1 }
            var found: Set<RPMIdentity> = []
            for package in try PrimaryIndex(path: repository.primary).packages(where: { requested[$0] != nil }) {
                guard found.insert(package.identity).inserted else { continue }
                if present.contains(package.identity.exactText) { continue }
                var package = try Self.package(package, repository)
                if requested[RPMIdentity("\(package.name)-\(package.version).\(package.architecture)") ?? .none] == true
                {
                    package.requested = true
                }
                result.append(package)
            }
            if let lost = requested.keys.first(where: { !found.contains($0) }) {
                throw ErrorObject(
                    code: .internalError,
                    message: "dnf chose \(lost.text), which the index of the repository \(repository.id) does not have"
                )
            }
        }
        return result.sorted { ($0.name, $0.architecture, $0.version) < ($1.name, $1.architecture, $1.version) }
    }

    private static func package(_ package: IndexedPackage, _ repository: ResolvePlan.Repository) throws
        -> ABI.V1.Package
    {
        let identity = package.identity
        guard package.digest.function == "sha256" else {
            throw ErrorObject(
                code: .untrusted,
                message: "the repository \(repository.id) states no SHA-256 digest of \(identity.text)",
                hint: "Choose another mirror: indexes need SHA-256 digests of packages",
                subject: identity.text
            )
        }
        let bases = package.base.map { [MirrorList.withoutSlash($0)] } ?? repository.bases
        var result = ABI.V1.Package(
            name: identity.name,
            version: identity.fullVersion,
            architecture: identity.architecture,
            urls: bases.map { "\($0)/\(package.location)" },
            size: package.size,
            sha256: package.digest.value,
            fileName: Paths.name(package.location)
        )
        result.installedSize = package.installedSize
        result.source = package.source?.name
        return result
    }
}

extension RPMIdentity {
    /// An identity that no package has.
    fileprivate static let none = RPMIdentity(name: "", epoch: 0, version: "", release: "", architecture: "")
}
