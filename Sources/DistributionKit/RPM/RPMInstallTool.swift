import ByteKeys
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
        /// The number of the keys that must have signed it; nil if its digest is enough, as it is for the user's own.
        public var keys: Int?
        /// True if the user requested it by name.
        public var isRequested: Bool
        /// True if other versions of it stay.
        public var isAlongside: Bool
    }

    public var root: String
    /// The directory of rpm's database in a new tree, absolute in the tree.
    public var database: String
    public var packages: [Package]
    public var keys: [RPMTrust.Keys]
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
        for (number, keys) in plan.keys.enumerated() {
            let signed = plan.packages.filter { $0.keys == number }.map(\.path)
            if signed.isEmpty { continue }
            channel.progress("checking signatures")
            try RPMKeys(keys, command, number: number).check(signed)
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

    /// Installs all in one transaction, unless some replace what the tree has and others must not.
    private func install(_ files: [RPMPackageFile], _ database: RPMDatabase, _ command: RPMCommand) throws {
        let paths = ByteSet(plan.packages.filter(\.isAlongside).map(\.path))
        let alongside = files.filter { paths.contains($0.path) }
        if alongside.isEmpty { return try run("--upgrade", files, database, command) }
        let others = files.filter { !paths.contains($0.path) }
        let isNew = try RPMQuery(database, command).packages().isEmpty
        if isNew || others.isEmpty { return try run("--install", files, database, command) }
        // What they need of the packages that replace none comes with the second transaction.
        try run("--upgrade", others, database, command, options: ["--nodeps"])
        try run("--install", alongside, database, command)
    }

    private func run(
        _ mode: String,
        _ files: [RPMPackageFile],
        _ database: RPMDatabase,
        _ command: RPMCommand,
        options: [String] = []
    ) throws {
        var arguments = [
            "rpm", "--root", plan.root, "--dbpath", database.path,
            // The host has verified each file, and this tool its signature.
            "--nosignature", "--nodigest", "--define", "_pkgverify_level none",
            "--noplugins", "--ignorearch", "--ignoreos", "--oldpackage", "--replacepkgs",
        ]
        if !plan.documentation { arguments.append("--excludedocs") }
        arguments += options + [mode, "--verbose"]
        var log = RPMLog()
        let names = Set(files.map(\.identity.text))
        let total = files.count
        var done = 0
        let status = try command.run(arguments + files.map(\.path)) { line in
            print(line)
            log.append(line)
            if names.contains(line) {
                done += 1
                if !channel.isQuiet || done == total {
                    channel.progress("install", done: done, total: total, unit: "packages")
                }
            }
        }
        guard status == 0 else { throw log.failure(of: "installed", status: status) }
        for warning in log.warnings { channel.warning("rpm: \(warning)") }
    }
}
