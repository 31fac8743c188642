import DistributionKit
import Glibc
import JSON
import PluginKit
import PluginWire
import System

/// The tool `resolve`, inside the sandbox: asks zypper for the packages, and the indexes for what is stated of them.
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
        try command.prepare(database: OpensusePlugin.database)
        // zypper gets a tree with nothing but the database, which it may write to.
        let root = plan.scratch + "/root"
        try SystemFile.makeDirectories(root + OpensusePlugin.database)
        if let tree = plan.root, let database = try RPMDatabase.find(in: tree) {
            try database.copy(to: root + OpensusePlugin.database)
        }
        channel.progress("choosing packages")
        let (answer, status) = try choose(command, root: root)
        if let error = answer.failure(status: status) {
            return ResolveAnswer(error: error, needsFileLists: answer.needsFileLists)
        }
        return ResolveAnswer(packages: try packages(answer.chosen))
    }

    private func choose(_ command: RPMCommand, root: String) throws -> (answer: ZypperAnswer, status: Int32) {
        let zypper = ZypperCommand(command, root: root, derived: plan.derived)
        try zypper.prepare(architecture: plan.architecture)
        for repository in plan.repositories {
            var definition = RepositoryDefinition(id: repository.id)
            definition["name"] = repository.id
            definition["baseurl"] = "dir://\(repository.directory)"
            definition["type"] = "rpm-md"
            definition["enabled"] = "1"
            definition["autorefresh"] = "1"
            definition["priority"] = "\(repository.priority)"
            // The plugin has verified the index, and zypper reads no package.
            definition["gpgcheck"] = "0"
            try SystemFile.write("\(zypper.repositories)/\(repository.id).repo", Array(definition.text.utf8))
        }
        let words = [
            "install", "--dry-run", "--details", "--auto-agree-with-licenses", "--allow-vendor-change", "--oldpackage",
            plan.recommends ? "--recommends" : "--no-recommends", "--",
        ]
        let (status, lines) = try zypper.run(["--xmlout", "--releasever", plan.release] + words + plan.packages)
        return (ZypperAnswer(Array(lines.joined(separator: "\n").utf8)), status)
    }

    // MARK: - What the indexes state

    private func packages(_ chosen: [RPMIdentity]) throws -> [ABI.V1.Package] {
        var wanted = Set(chosen)
        var result: [ABI.V1.Package] = []
        // Of the same package in several repositories zypper takes that of the preferred one.
        for repository in plan.repositories.sorted(by: { $0.priority < $1.priority }) where !wanted.isEmpty {
            for package in try PrimaryIndex(path: repository.primary).packages(where: { wanted.contains($0) }) {
                guard wanted.remove(package.identity) != nil else { continue }
                result.append(try self.package(package, repository))
            }
        }
        if let lost = wanted.first {
            throw ErrorObject(
                code: .internalError,
                message: "zypper chose \(lost.text), which no index of a repository has"
            )
        }
        return result.sorted { ($0.name, $0.architecture, $0.version) < ($1.name, $1.architecture, $1.version) }
    }

    private func package(_ package: IndexedPackage, _ repository: ResolvePlan.Repository) throws -> ABI.V1.Package {
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
        if plan.packages.contains(where: { Self.asks($0, for: identity) }) { result.requested = true }
        return result
    }

    /// Returns true if a word names a package: `NAME`, `NAME.ARCHITECTURE`, `NAME=VERSION` or `NAME>=VERSION`.
    static func asks(_ word: String, for identity: RPMIdentity) -> Bool {
        let name = word.prefix { !"=<>".contains($0) }.split(separator: " ").first.map(String.init) ?? word
        return name == identity.name || name == "\(identity.name).\(identity.architecture)"
    }
}
