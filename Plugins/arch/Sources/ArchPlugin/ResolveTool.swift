import ByteKeys
import Crypto
import DistributionKit
import Glibc
import JSON
import PluginKit
import PluginWire
import System

/// The input of the plugin's tool `resolve` in the sandbox, as JSON on standard input.
struct ResolvePlan: Codable, Sendable, Equatable {
    /// The directory that is kept between builds.
    var cache: String
    /// A directory of the build alone.
    var scratch: String
    var packages: [String]
    /// The tree to which packages are added; nil for a new one.
    var root: String?
    /// True if the databases of the cache are used as they are.
    var offline: Bool
    var checksKeys: Bool
    /// A directory with keys that were fetched.
    var keyring: String?
    /// A directory with a database of the user's own packages.
    var local: String?
    /// A directory with a database of the packages that a lock file keeps.
    var kept: String?
    /// True if nothing but those may be chosen.
    var closed = false
    /// Packages that are treated as installed.
    var present: [Present] = []
    /// True if all known places of packages are wanted.
    var allPlaces = false
    /// The address of old packages, if the distribution keeps them.
    var archive: String?
    var channel: String?

    struct Present: Codable, Sendable, Equatable {
        var name: String
        var version: String
    }
}

/// The result of the tool.
struct Resolution: Codable, Sendable {
    var packages: [ABI.V1.Package] = []
    var indexes: [ABI.V1.RepositoryIndex] = []
    /// Packages whose digest is not signed, so that their own signatures decide.
    var unproven: [Unproven] = []

    struct Unproven: Codable, Sendable {
        var sha256: String
        var name: String
        /// The signature in Base64, if the database has it.
        var signature: String?
        /// True if it must have one.
        var isRequired: Bool
        var urls: [String]
    }
}

/// The tool `resolve`, inside the sandbox: updates the databases and asks pacman for the packages.
struct ResolveTool {
    private let plan: ResolvePlan
    private let channel: ToolChannel
    private let pacman: PacmanCommand
    private let configuration: PacmanConfiguration
    /// The directory of the databases.
    private let databases: String
    private let home: GnuPGHome?

    /// Names of the sections for packages that are on the host.
    static let localName = "mkosi-local"
    static let keptName = "mkosi-kept"

    static func main(_ arguments: [String]) throws -> Int32 {
        let plan = try JSONText.decode(ResolvePlan.self, from: SystemFile.readInput() ?? [])
        let channel = try ToolChannel(path: plan.channel)
        let resolution = try channel.reportingFailure { try ResolveTool(plan, channel).run() }
        print(try JSONText.string(resolution))
        return 0
    }

    private init(_ plan: ResolvePlan, _ channel: ToolChannel) throws {
        self.plan = plan
        self.channel = channel
        var own = PacmanConfiguration(path: PacmanConfiguration.path)
        // This tool sets the paths and programs itself.
        own.options.removeAll { Self.ownOptions.contains($0.key) }
        if plan.closed { own.repositories = [] }
        databases = try Databases.directory(own, cache: plan.cache)
        var first: [PacmanConfiguration.Section] = []
        for (name, directory) in [(Self.localName, plan.local), (Self.keptName, plan.kept)] {
            guard let directory else { continue }
            first.append(
                PacmanConfiguration.Section(
                    name: name,
                    entries: [
                        PacmanConfiguration.Entry(key: "SigLevel", value: "Never"),
                        PacmanConfiguration.Entry(key: "Server", value: "file://\(directory)"),
                    ]
                )
            )
        }
        own.repositories = first + own.repositories
        configuration = own
        home = plan.checksKeys && !plan.closed ? try GnuPGHome(fetched: plan.keyring, channel: channel) : nil
        pacman = PacmanCommand(
            scratch: plan.scratch,
            gpgHome: home?.path ?? "\(plan.scratch)/gnupg",
            channel: channel
        )
    }

    static let ownOptions: Set = [
        "RootDir", "DBPath", "CacheDir", "LogFile", "GPGDir", "HookDir", "CheckSpace", "UseSyslog", "CleanMethod",
        "HoldPkg", "DownloadUser", "Color", "ILoveCandy", "VerbosePkgLists",
    ]

    private func run() throws -> Resolution {
        try pacman.prepare()
        try SystemFile.write("\(plan.scratch)/pacman.conf", Array(configuration.text.utf8))
        try SystemFile.makeDirectories(databases)
        try link("\(plan.scratch)/db/sync", to: databases)
        try update()
        let databases = try Databases(configuration, in: self.databases, home: home)
        try writeInstalled(databases)
        channel.progress("choosing packages")
        let chosen = try choose(["--needed"])
        if chosen.isEmpty { return Resolution(indexes: databases.indexes) }
        // Without dependencies, only what the request itself means is printed: groups and provided names among it.
        let requested = ByteSet(try choose(["--needed", "--nodeps", "--nodeps"]).map(\.name))
        return try databases.resolution(of: chosen, requested: requested, plan)
    }

    private func link(_ path: String, to target: String) throws(ErrorObject) {
        if SystemFile.exists(path) { return }
        guard symlink(target, path) == 0 else { throw SystemFile.failure("create the link", path) }
    }

    private func update() throws(ErrorObject) {
        let needsNetwork = configuration.repositories.contains { ![Self.localName, Self.keptName].contains($0.name) }
        if plan.offline, needsNetwork {
            let missing = configuration.repositories.filter { section in
                !SystemFile.exists("\(databases)/\(section.name).db")
            }
            // Those of the host are made for each build.
            guard missing.allSatisfy({ [Self.localName, Self.keptName].contains($0.name) }) else {
                throw ErrorObject(
                    code: .notFound,
                    message: "the databases of the repositories are not in the cache: "
                        + missing.map(\.name).joined(separator: ", "),
                    hint: "Build once without CacheOnly="
                )
            }
            try copyOwn()
            return
        }
        channel.progress("updating databases")
        try copyOwn()
        if !needsNetwork { return }
        let outcome = try pacman.run(["--sync", "--refresh"])
        guard outcome.status == 0 else { throw PacmanFailure.ofUpdate(outcome.lines) }
    }

    /// Databases that this program has made itself need no download.
    private func copyOwn() throws(ErrorObject) {
        for (name, directory) in [(Self.localName, plan.local), (Self.keptName, plan.kept)] {
            guard let directory, let bytes = SystemFile.read("\(directory)/\(name).db") else { continue }
            try SystemFile.write("\(databases)/\(name).db", bytes)
        }
    }

    /// Writes the database of installed packages: those of the tree, and those that an earlier answer has chosen.
    private func writeInstalled(_ databases: Databases) throws(ErrorObject) {
        var records: [PackageRecord] = []
        if let root = plan.root, SystemFile.isDirectory(root) {
            records = try TreeEntry.visit(root) { LocalDatabase.records(in: LocalDatabase.path) }
        }
        if !plan.present.isEmpty {
            let names = ByteSet(plan.present.map(\.name))
            let known = try databases.records(ByteSet(plan.present.map { "\($0.name)-\($0.version)" }))
            records.removeAll { names.contains($0.name) }
            records += plan.present.map { present in
                if let record = known["\(present.name)-\(present.version)"] { return LocalDatabase.installed(record) }
                var record = PackageRecord()
                record.fields = [
                    PackageRecord.Field(name: "NAME", values: [present.name]),
                    PackageRecord.Field(name: "VERSION", values: [present.version]),
                ]
                return record
            }
        }
        try LocalDatabase.write(records, to: "\(plan.scratch)/db/local")
    }

    private func choose(_ options: [String]) throws(ErrorObject) -> [Chosen] {
        let format = ["--print", "--print-format", "%r\t%n\t%v"]
        let outcome = try pacman.run(["--sync"] + format + options + ["--"] + plan.packages)
        guard outcome.status == 0 else { throw PacmanFailure.ofResolution(outcome.lines) }
        return outcome.lines.compactMap(Chosen.init)
    }
}

/// A line of what pacman would install.
struct Chosen: Equatable {
    var repository: String
    var name: String
    var version: String

    init?(_ line: String) {
        let parts = line.utf8.split(separator: UInt8(ascii: "\t"), omittingEmptySubsequences: false)
        guard parts.count == 3 else { return nil }
        (repository, name, version) = (
            String(Substring(parts[0])), String(Substring(parts[1])), String(Substring(parts[2]))
        )
    }
}
