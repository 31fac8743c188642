import ByteKeys
import DistributionKit
import Glibc
import JSON
import PluginKit
import PluginWire
import System

/// The input of the plugin's tool `remove` in the sandbox, as JSON on standard input.
struct RemovePlan: Codable, Sendable, Equatable {
    var root: String
    var architecture: String
    /// A directory of the build alone.
    var scratch: String
    var names: [String]
    var channel: String?
}

/// The tool `remove`, inside the sandbox: takes packages, and those that need them, out of the tree.
struct RemoveTool {
    static func main(_ arguments: [String]) throws -> Int32 {
        let plan = try JSONText.decode(RemovePlan.self, from: SystemFile.readInput() ?? [])
        let channel = try ToolChannel(path: plan.channel)
        try channel.reportingFailure(describedBy: ErrorObject.ofTool) { try run(plan, channel) }
        return 0
    }

    private static func run(_ plan: RemovePlan, _ channel: ToolChannel) throws {
        umask(0o022)
        var plan = plan
        plan.names = try installed(plan)
        if plan.names.isEmpty { return }
        let names = try packages(plan, channel)
        if names.isEmpty { return }
        try TreeEntry.enter(plan.root)
        try DpkgCommand.check()
        let helpers = try DpkgScripts.helpers()
        defer { helpers.remove() }
        let command = DpkgCommand(
            environment: DpkgScripts.environment(sourceDateEpoch: nil),
            channel: channel,
            total: names.count
        )
        try command.run(["--force-remove-essential", "--force-remove-protected", "--purge"] + names)
        TreeCleaner.removeLeftovers()
    }

    /// Returns the packages that the names stand for, without plain names of packages that the tree does not have: apt
    /// would not know those.
    private static func installed(_ plan: RemovePlan) throws -> [String] {
        let status = try TreeEntry.visit(plan.root) { SystemFile.read(DpkgDatabase.path + "/status") } ?? []
        let known = ByteSet(
            ControlFile.stanzas(status).filter { $0["Status"]?.hasSuffix(" not-installed") != true }
                .compactMap { $0["Package"] }
        )
        let isPlain = { (byte: UInt8) in
            (0x61...0x7A).contains(byte) || (0x30...0x39).contains(byte) || byte == 0x2D || byte == 0x2E || byte == 0x2B
        }
        return plan.names.filter { !$0.utf8.allSatisfy(isPlain) || known.contains($0) }
    }

    /// The packages, those that need them, and those that only they needed, which apt knows.
    ///
    /// dpkg, which does the work, is told all of it at once.
    private static func packages(_ plan: RemovePlan, _ channel: ToolChannel) throws -> [String] {
        let status = try TreeEntry.place(of: DpkgDatabase.path + "/status", in: plan.root)
        var apt = AptCommand(
            cache: plan.scratch,
            scratch: plan.scratch,
            architecture: plan.architecture,
            statusFile: status,
            channel: channel
        )
        // What is installed decides alone; no repository has a say.
        apt.isClosed = true
        try apt.prepare()
        let automatic = try TreeEntry.visit(plan.root) { SystemFile.read(ExtendedStates.path) }
        try SystemFile.write("\(plan.scratch)/extended_states", automatic ?? [])
        func removed(_ arguments: [String]) throws -> [String] {
            let outcome = try apt.run(["--simulate", "--allow-remove-essential"] + arguments)
            guard outcome.status == 0 else { throw AptFailure.ofResolution(outcome.messages, all: outcome.output) }
            return outcome.output.compactMap { line -> String? in
                let words = Text.words(line)
                return words.count > 1 && (words[0] == "Purg" || words[0] == "Remv") ? words[1] : nil
            }
        }
        // Packages that were unneeded before the removal were installed on purpose.
        let unneeded = Set(try removed(["autoremove"]))
        return try removed(["--auto-remove", "purge"] + plan.names).filter { !unneeded.contains($0) }
    }
}
