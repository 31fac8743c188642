import ByteKeys
import PluginWire

/// The input of the plugin's tool in the sandbox, as JSON on standard input.
struct InstallPlan: Codable, Sendable, Equatable {
    /// The part of the work that one run of the tool does.
    ///
    /// The host mounts `/proc`, `/dev` and others below the tree only for the scripts, so that the tree's own
    /// directories
    /// of these names get what their packages say.
    enum Phase: String, Codable, Sendable {
        /// Unpack what can be unpacked before any script ran.
        case unpack
        /// Run `preinst` scripts, unpack the rest, configure everything. Needs the mounts.
        case configure
        /// Write entries that belong below a mount, and remove what differs from build to build.
        case finish
    }

    var phase: Phase
    /// The tree, absolute.
    var root: String
    /// Of the tree, as dpkg names it.
    var architecture: String
    /// Package files in the order of installation, absolute.
    var packages: [String]
    /// Names of requested packages; the others are marked as installed automatically.
    var requested: [String]
    var threads: Int
    /// A named pipe for reports of the tool; nil if there is no reader.
    var channel: String?
    /// The time that scripts see, and the upper limit of file times.
    var sourceDateEpoch: Int?
    /// The sources for apt's configuration in the tree, if apt is among the packages.
    var sources: ImageSources?
    /// The name of the release for os-release(5), if its package does not have one.
    var codename: String?
    /// Entries, by package file, that the phase `configure` left for the phase `finish`.
    var deferred: ByteDictionary<[String]>?
}

/// A result of one run of the tool.
struct InstallFinding: Codable, Sendable, Equatable {
    /// Entries, by package file, that are left for the phase `finish`.
    var deferred: ByteDictionary<[String]>?
    /// The newest time that the packages carry.
    var timestamp: Int?
    /// The packages that are installed in the tree at the moment.
    var installed: [ABI.V1.InstalledPackage]?
}
