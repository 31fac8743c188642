import DistributionKit

/// The input of the plugin's tool `install` in the sandbox, as JSON on standard input.
struct InstallPlan: PhasedInstallPlan, Equatable {
    struct Package: Codable, Sendable, Equatable {
        /// The path of its file.
        var path: String
        /// As it was resolved: an index states the machine's for packages that suit every machine.
        var architecture: String
    }

    var phase: InstallPhase
    var root: String
    var architecture: String
    var packages: [Package]
    /// Names of the requested packages.
    var requested: [String]
    var scratch: String
    /// False if files of documentation are left out.
    var documentation: Bool
    /// True if the tree has packages.
    var extends: Bool
    var sourceDateEpoch: Int?
    var channel: String?
}
