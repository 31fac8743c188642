/// The input of the plugin's tool `install` in the sandbox, as JSON on standard input.
struct InstallPlan: Codable, Sendable, Equatable {
    enum Phase: String, Codable {
        /// Makes the directories that are mounted over later.
        case prepare
        case install
    }

    var phase: Phase
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

/// A result of the tool.
struct InstallFinding: Codable, Sendable {
    /// The newest time at which one of the packages was made.
    var timestamp: Int?
}
