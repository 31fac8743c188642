import CFiles
import Glibc
import JSON
import PluginKit
import PluginWire

/// The input of the tool `rpm-install` in the sandbox, as JSON on standard input.
public struct RPMInstallPlan: Codable, Sendable, Equatable {
    /// A package file.
    public struct Package: Codable, Sendable, Equatable {
        /// Absolute.
        public var path: String
        public var name: String
        /// False for those of the user's own, which are known by their digest alone.
        public var isSigned: Bool
        /// True if the user asked for it by name.
        public var isRequested: Bool
    }

    public var root: String
    /// Where a new tree has rpm's database, absolute in the tree.
    public var database: String
    public var packages: [Package]
    /// Files of keys, in ASCII armour; nil if signatures are not checked.
    public var keys: [String]?
    /// A directory of the build alone.
    public var scratch: String
    public var documentation: Bool
    public var reasons: InstallReasons
    /// The time that scripts see and that the database records.
    public var sourceDateEpoch: Int?
    /// Directories that the last run of the tool makes, without anything mounted in the tree; nil for the first run.
    var mountPoints: RPMMountPoints?
    /// A named pipe for reports of the tool; nil if there is no reader.
    public var channel: String?
}

/// A result of the tool `rpm-install`.
struct RPMInstallFinding: Codable, Sendable, Equatable {
    /// The newest time at which one of the packages was built.
    var timestamp: Int
    var mountPoints: RPMMountPoints
}

/// The tool `rpm-install`, inside the sandbox: verifies packages and installs them in one transaction of rpm's.
public struct RPMInstallTool {
    private let plan: RPMInstallPlan
    private let channel: ToolChannel

    public static func main(_ arguments: [String]) throws -> Int32 {
        let plan = try JSONText.decode(RPMInstallPlan.self, from: SystemFile.readInput() ?? [])
        let channel = try ToolChannel(path: plan.channel)
        try channel.reportingFailure(describedBy: ErrorObject.describing) {
            try RPMInstallTool(plan: plan, channel: channel).run()
        }
        return 0
    }

    private func run() throws {
        umask(0o022)
        if let mountPoints = plan.mountPoints {
            try TreeEntry.enter(plan.root)
            return try mountPoints.make()
        }
        var command = RPMCommand(scratch: plan.scratch, channel: channel)
        try command.prepare(database: plan.database)
        if let keys = plan.keys {
            channel.progress("checking signatures")
            let signed = plan.packages.filter(\.isSigned).map(\.path)
            if !signed.isEmpty { try RPMKeys(keys, command).check(signed) }
        }
        let files = try plan.packages.map { try RPMPackageFile(path: $0.path) }
        let newest = files.map(\.buildTime).max() ?? 0
        command.sourceDateEpoch = plan.sourceDateEpoch ?? newest
        let database =
            try RPMDatabase.find(in: plan.root) ?? RPMDatabase(root: plan.root, path: plan.database)
        try database.create()
        try install(files, database, command)
        try RPMTree(database, command, reasons: plan.reasons).finish(
            requested: Set(plan.packages.filter(\.isRequested).map(\.name)),
            dependencies: Set(plan.packages.filter { !$0.isRequested }.map(\.name))
        )
        let mountPoints = try RPMMountPoints(RPMQuery(database, command), root: plan.root)
        channel.report(RPMInstallFinding(timestamp: newest, mountPoints: mountPoints))
    }

    /// Installs everything in one transaction, unless a kernel comes next to another one while other packages are upgraded:
    /// rpm can either keep all old versions or none.
    private func install(_ files: [RPMPackageFile], _ database: RPMDatabase, _ command: RPMCommand) throws {
        var log = RPMLog()
        var counter = Counter(files)
        if files.contains(where: \.isInstallOnly) {
            let installed = Set(try RPMQuery(database, command).packages().map(\.name))
            let isKnown = { (file: RPMPackageFile) in installed.contains(file.identity.name) }
            let kernels = files.filter { $0.isInstallOnly && isKnown($0) }
            if !kernels.isEmpty {
                let others = files.filter { !($0.isInstallOnly && isKnown($0)) }
                if others.contains(where: isKnown) {
                    try run("--upgrade", others, database, command, &log, &counter)
                    try run("--install", kernels, database, command, &log, &counter)
                } else {
                    try run("--install", files, database, command, &log, &counter)
                }
                return warn(log)
            }
        }
        try run("--upgrade", files, database, command, &log, &counter)
        warn(log)
    }

    private func warn(_ log: RPMLog) {
        for warning in log.warnings { channel.warning("rpm: \(warning)") }
    }

    /// Counts the packages that rpm names while it installs them.
    private struct Counter {
        let names: Set<String>
        let total: Int
        var done = 0

        init(_ files: [RPMPackageFile]) {
            names = Set(files.map(\.identity.text))
            total = files.count
        }
    }

    private func run(
        _ verb: String,
        _ files: [RPMPackageFile],
        _ database: RPMDatabase,
        _ command: RPMCommand,
        _ log: inout RPMLog,
        _ counter: inout Counter
    ) throws {
        var arguments = [
            "rpm", "--root", plan.root, "--dbpath", database.path,
            // The host has verified each file, and this tool its signature.
            "--nosignature", "--nodigest", "--define", "_pkgverify_level none",
            "--noplugins", "--ignorearch", "--ignoreos", "--oldpackage", "--replacepkgs",
        ]
        if !plan.documentation { arguments.append("--excludedocs") }
        arguments += [verb, "--verbose"]
        var lines = log
        var count = counter
        let status = try command.run(arguments + files.map(\.path)) { line in
            print(line)
            lines.append(line)
            if count.names.contains(line) {
                count.done += 1
                if !channel.isQuiet || count.done == count.total {
                    channel.progress("install", done: count.done, total: count.total, unit: "packages")
                }
            }
        }
        log = lines
        counter = count
        guard status == 0 else { throw log.failure(of: "installed", status: status) }
    }
}
