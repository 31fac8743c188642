import ArchiveKit
import ByteKeys
import CFiles
import DistributionKit
import Glibc
import JSON
import PluginKit
import PluginWire
import System

/// The tool `install`, inside the sandbox: puts packages into a new tree.
///
/// It reads an `InstallPlan` on standard input. See `InstallPlan.Phase` for why it is run more than once.
struct InstallTool {
    private let plan: InstallPlan
    private let channel: ToolChannel
    private let filter: PathFilter
    private let packages: [BinaryPackage]
    private let order: InstallOrder

    static func main(_ arguments: [String]) throws -> Int32 {
        let plan = try JSONText.decode(InstallPlan.self, from: SystemFile.readInput() ?? [])
        let channel = try ToolChannel(path: plan.channel)
        try channel.reportingFailure(describedBy: ErrorObject.ofTool) {
            let tool = try InstallTool(plan, channel)
            try tool.enterTree()
            switch plan.phase {
            case .unpack: try tool.unpack()
            case .configure: try tool.configure()
            case .finish: try tool.finish()
            }
        }
        return 0
    }

    private init(_ plan: InstallPlan, _ channel: ToolChannel) throws {
        self.plan = plan
        self.channel = channel
        filter = PathFilter(configurationDirectory: "/etc/dpkg")
        let files = try PackageFile.find(plan.packages)
        packages = try files.enumerated().map { try BinaryPackage(index: $0.offset, file: $0.element) }
        order = InstallOrder(packages)
    }

    private func enterTree() throws {
        umask(0o022)
        try TreeEntry.enter(plan.root)
    }

    // MARK: Phases

    private func unpack() throws {
        var fresh = try TreeLayout.merge(TreeLayout.links(for: plan.architecture))
        fresh.insert(BytePath(""))
        try DpkgDatabase.create(architecture: plan.architecture)
        let (result, _) = try pass(order.first, Claims(), Diversions(), fresh, hasMounts: false)
        try DpkgDatabase.writeInfo(order.first, result)
        try DpkgDatabase.writeTriggers(packages)
        var database = DpkgDatabase()
        for package in order.first { database.note(package, .unpacked, hashes: result.hashes(of: package)) }
        for package in order.rest { database.note(package, .halfInstalled) }
        try database.writeStatus()
        channel.report(InstallFinding(timestamp: newestTime))
    }

    private func configure() throws {
        let environment = DpkgScripts.environment(sourceDateEpoch: plan.sourceDateEpoch ?? newestTime)
        let helpers = try DpkgScripts.helpers()
        let script = MaintainerScript(
            dpkgVersion: dpkgVersion,
            environment: environment,
            channel: channel,
            onLine: log
        )
        for package in order.scriptsOfFirst { try script.runPreinst(of: package) }
        var configured: Set<Int> = []
        func configure(_ packages: [BinaryPackage]) throws {
            if packages.isEmpty { return }
            let total = self.packages.count
            let command = DpkgCommand(
                environment: environment,
                channel: channel,
                total: total,
                done: configured.count
            )
            try command.run(["--configure"] + packages.map(\.databaseName))
            configured.formUnion(packages.map(\.index))
        }
        var deferred: ByteDictionary<[String]> = [:]
        var waiting = order.rest
        var unpacked = order.first
        while !waiting.isEmpty {
            let ready = order.ready(waiting, configured: configured)
            // dpkg rereads diversions after each script, but overrides only at its start.
            let before = Diversions(database: DpkgDatabase.path)
            for package in ready { try script.runPreinst(of: package) }
            var diversions = Diversions(database: DpkgDatabase.path)
            diversions.overrides = before.overrides
            try unpackRest(ready, after: unpacked, diversions, &deferred)
            unpacked += ready
            let done = Set(ready.map(\.index))
            waiting.removeAll { done.contains($0.index) }
            if !waiting.isEmpty { try configure(order.prerequisites(waiting, configured: configured)) }
        }
        try configure(order.configureOrder.filter { !configured.contains($0.index) })
        helpers.remove()
        if let codename = plan.codename { try OSRelease.rename(to: codename, packages, environment, channel) }
        try plan.sources?.write(packages)
        let automatic = packages.filter { !order.isBoot.contains($0.index) && !plan.requested.contains($0.name) }
        try TreeCleaner(automatic: automatic, architecture: plan.architecture).run()
        if !deferred.isEmpty { channel.report(InstallFinding(deferred: deferred)) }
    }

    /// Unpacks packages whose scripts had to run before, and notes what is left for the phase `finish`.
    private func unpackRest(
        _ ready: [BinaryPackage],
        after unpacked: [BinaryPackage],
        _ diversions: Diversions,
        _ deferred: inout ByteDictionary<[String]>
    ) throws {
        let claims = earlierClaims(unpacked, TreeLayout(hasMounts: true), diversions)
        let (result, _) = try pass(ready, claims, diversions, [], hasMounts: true)
        try DpkgDatabase.writeInfo(ready, result)
        for (index, paths) in result.lost { try DpkgDatabase.forget(paths, of: packages[index]) }
        var database = DpkgDatabase(reading: ())
        for package in ready { database.note(package, .unpacked, hashes: result.hashes(of: package)) }
        try database.writeStatus()
        for (index, paths) in result.deferred {
            deferred[packages[index].file.path] = paths.map(\.string).sortedByBytes()
        }
    }

    /// Writes what belongs below directories that were mounted over.
    private func finish() throws {
        let layout = TreeLayout(hasMounts: false)
        let diversions = Diversions(database: DpkgDatabase.path)
        let rules = DpkgRules(filter: filter, diversions: diversions, ordered: OrderedClaims(packages))
        for package in packages {
            guard let paths = plan.deferred?[package.file.path] else { continue }
            try UnpackPass.extract(Set(paths.map { BytePath($0) }), of: package, rules, layout)
        }
    }

    // MARK: Parts

    private func pass(
        _ unpacking: [BinaryPackage],
        _ claims: Claims,
        _ diversions: Diversions,
        _ fresh: Set<BytePath>,
        hasMounts: Bool
    ) throws -> (result: UnpackPass<DpkgRules>.Result, claims: Claims) {
        func make(_ order: UnpackPass<DpkgRules>.Order, _ ordered: OrderedClaims) -> UnpackPass<DpkgRules> {
            UnpackPass(
                packages: packages,
                rules: DpkgRules(filter: filter, diversions: diversions, ordered: ordered),
                layout: TreeLayout(hasMounts: hasMounts),
                claims: claims,
                fresh: fresh,
                unpacking: unpacking,
                order: order,
                report: channel
            )
        }
        do {
            return try make(.any, OrderedClaims(packages)).run(threads: plan.threads)
        } catch is UnpackOrderMatters {
            let ordered = DpkgRules.orderedClaims(packages, without: unpacking, diversions)
            return try make(.ofInstallation, ordered).run(threads: 1)
        }
    }

    /// Returns the paths of packages of earlier passes, read back from their lists.
    private func earlierClaims(
        _ unpacked: [BinaryPackage],
        _ layout: TreeLayout,
        _ diversions: Diversions
    ) -> Claims {
        var files: [BytePath: Claims.Claim] = [:]
        for package in unpacked {
            for entry in DpkgDatabase.readList(package) {
                let path = layout.canonical(diversions.place(of: entry, package: package.name))
                // A list does not distinguish directories: that of a package is not the link that stands for it.
                if layout.isMerged(path) { continue }
                var status = stat()
                guard path.withCString({ lstat($0, &status) }) == 0, status.st_mode & S_IFMT != S_IFDIR else {
                    continue
                }
                files[path] = Claims.Claim(package: package.index, entry: entry)
            }
        }
        return Claims(files: files)
    }

    /// As dpkg prints it: the upstream part of the package's version.
    private var dpkgVersion: String {
        let version = packages.first { $0.name == "dpkg" }?.version ?? "1.21.0"
        return String(version.prefix { $0.isNumber || $0 == "." })
    }

    /// The time of the newest file in any control archive: the same for the same packages.
    private var newestTime: Int? {
        packages.flatMap { $0.members.map(\.modified) }.max()
    }

    private func log(_ line: String) {
        print(line)
    }
}
