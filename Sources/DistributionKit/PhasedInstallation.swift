public import PluginKit
public import PluginWire

/// The part of an installation that one run of a plugin's tool `install` does.
public enum InstallPhase: String, Codable, Sendable {
    /// Only checks signatures of packages.
    case check
    /// Makes the directories that are mounted over later, which a new tree has to get with their own modes.
    case prepare
    case install
}

/// The input of a plugin's tool `install` in the sandbox.
public protocol PhasedInstallPlan: Codable, Sendable {
    var phase: InstallPhase { get set }
    var root: String { get }
    /// A directory of the build alone.
    var scratch: String { get }
    var channel: String? { get set }
}

/// A result of the tool.
public struct InstallFinding: Codable, Sendable {
    /// The newest time at which one of the packages was made, in seconds since the epoch.
    public var timestamp: Int?

    public init(timestamp: Int?) { self.timestamp = timestamp }
}

/// An installation by a package manager that puts all packages into a tree in one run, from inside the tree.
public struct PhasedInstallation {
    private let context: ABI.V1.Context
    private let host: Host

    public init(_ context: ABI.V1.Context, host: Host) {
        self.context = context
        self.host = host
    }

    /// Prepares a new tree, and then installs with the kernel's file systems mounted in it.
    ///
    /// - Parameters:
    ///   - plan: What the tool is to do.
    ///   - extends: True if the tree has packages.
    ///   - shown: Directories that the tool reads, besides the plan's own.
    /// - Returns: The answer to `install`; what is put on top of an older tree does not make it newer.
    /// - Throws: The error that the tool reports.
    public func run(_ plan: some PhasedInstallPlan, extends: Bool, shown: [String] = []) throws -> ABI.V1.Installed {
        let tool = ToolRun(host: host, context: context, place: .workspace(context))
        func run(_ phase: InstallPhase) throws -> [InstallFinding] {
            try tool.run(
                "install",
                findings: InstallFinding.self,
                plan: { pipe in
                    var plan = plan
                    plan.phase = phase
                    plan.channel = pipe
                    return plan
                },
                change: { command in
                    command.label = phase.rawValue
                    if phase == .install { command.apiMounts = plan.root }
                    command.show(plan.scratch, writable: true)
                    for directory in shown { command.show(directory) }
                }
            ).findings
        }
        if !extends { _ = try run(.prepare) }
        let found = try run(.install)
        return ABI.V1.Installed(timestamp: extends ? nil : found.lazy.compactMap(\.timestamp).last)
    }
}

extension ABI.V1.Package {
    /// The path of its file, which the host has downloaded.
    public func file() throws(ErrorObject) -> String {
        if let path { return path }
        throw ErrorObject(code: .invalidParameters, message: "the package \(name) has no file")
    }
}
