import DistributionKit

/// The input of the plugin's tool `install` in the sandbox, as JSON on standard input.
struct InstallPlan: PhasedInstallPlan, Equatable {
    var phase: InstallPhase
    var root: String
    var architecture: String
    /// Paths of package files.
    var packages: [String]
    /// Names of the requested packages.
    var requested: [String]
    var scratch: String
    /// True if the tree has packages.
    var extends: Bool
    var sourceDateEpoch: Int?
    var channel: String?
}
