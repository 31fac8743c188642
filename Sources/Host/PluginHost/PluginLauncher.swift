import Execution
public import PluginWire
public import Support
import System

/// The parameters for starting plugins: the bridge, the environment that the process sees, and limits.
public struct PluginLauncher: Sendable {
    /// The program that loads plugins which are libraries.
    public var bridge: String
    /// `NAME=value`.
    public var environment: [String]
    /// Name and version of the host program.
    public var host: ABI.V1.Program
    public var limits: PluginLimits

    public init(bridge: String, environment: [String], host: ABI.V1.Program, limits: PluginLimits) {
        self.bridge = bridge
        self.environment = environment
        self.host = host
        self.limits = limits
    }

    /// The launcher of an installation, with the few variables of the process that plugins need.
    public init(installation: Installation, version: String) {
        self.init(
            bridge: installation.pluginBridge,
            environment: Self.passedOn.compactMap { name in
                Environment.variable(name).flatMap { FileOwner.isOwn(variable: name, $0) ? "\(name)=\($0)" : nil }
            } + ["LANG=C.UTF-8"],
            host: ABI.V1.Program(name: "mkosi", version: version),
            limits: .standard(timeout: Environment.variable("MKOSI_PLUGIN_TIMEOUT"))
        )
    }

    /// A plugin gets everything that influences a result in its messages; these only let its process work.
    private static let passedOn = ["PATH", "HOME", "USER", "TMPDIR", "LD_LIBRARY_PATH", "SWIFT_BACKTRACE"]

    func plan(for plugin: InstalledPlugin) -> ChildProcess.Plan {
        let program: String
        let arguments: [String]
        if let command = plugin.start?.executable {
            program = plugin.file
            arguments = Array(command.dropFirst())
        } else {
            program = bridge
            arguments = [plugin.file]
        }
        var plan = ChildProcess.Plan(
            path: program,
            arguments: arguments,
            environment: environment,
            descriptors: []
        )
        plan.workingDirectory = "/"
        return plan
    }
}
