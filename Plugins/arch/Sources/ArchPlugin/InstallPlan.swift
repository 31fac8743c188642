/// The input of the plugin's tool `install` in the sandbox, as JSON on standard input.
struct InstallPlan: Codable, Sendable, Equatable {
    enum Phase: String, Codable {
        /// Only checks the signatures of packages, which all need one.
        case check
        /// Makes the directories that are mounted over later, which a new tree has to get with their own modes.
        case prepare
        case install
    }

    struct File: Codable, Sendable, Equatable {
        var name: String
        var path: String
        var sha256: String
    }

    var phase: Phase
    var root: String
    var packages: [File]
    /// Names of the requested packages.
    var requested: [String] = []
    /// A directory with signatures of packages, which the phase `install` takes for good; see `PackageSignatures`.
    var signatures: String?
    var scratch = ""
    var sourceDateEpoch: Int?
    var channel: String?

    init(phase: Phase, root: String, packages: [File]) {
        self.phase = phase
        self.root = root
        self.packages = packages
    }
}

/// A result of the tool.
struct InstallFinding: Codable, Sendable {
    /// The newest time at which one of the packages was made.
    var timestamp: Int?
}
