import DistributionKit

/// The input of the plugin's tool `install` in the sandbox, as JSON on standard input.
struct InstallPlan: PhasedInstallPlan, Equatable {
    struct File: Codable, Sendable, Equatable {
        var name: String
        var path: String
        var sha256: String
    }

    var phase: InstallPhase
    var root: String
    var packages: [File]
    /// Names of the requested packages.
    var requested: [String] = []
    /// A directory with signatures of packages, which the phase `install` takes for good; see `PackageSignatures`.
    var signatures: String?
    /// A directory with keys that were fetched.
    var keyring: String?
    var scratch = ""
    var sourceDateEpoch: Int?
    var channel: String?

    init(phase: InstallPhase, root: String, packages: [File]) {
        self.phase = phase
        self.root = root
        self.packages = packages
    }
}
