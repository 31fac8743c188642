import PluginWire
import Sandbox
import Support
import System

/// Package metadata that all projects of a user share, and which commands see it.
///
/// What a package or a script could write there would reach every other project. So no command that runs foreign code
/// can change it, and only the commands that need it see it at all. Packages are not among it: what is installed are
/// copies that belong to the build.
struct SharedCaches: Sendable {
    /// The part of the caches for the commands of a plugin while it answers a request.
    enum Use: Sendable {
        case none
        /// The package manager's metadata, writable: while packages are chosen nothing foreign runs but what the project
        /// brings for it, whose metadata is apart (see `MetadataDirectory`).
        case metadata
    }

    /// The directory of one release's metadata.
    var metadata: String
    var use = Use.none
    /// The directory for data derived from it, for one configuration of the package manager.
    var derived: String?

    /// Returns the mounts by which a command sees it.
    func steps(for run: ABI.V1.Run) -> [Plan.Step] {
        if use != .metadata || run.isForeign { return [] }
        return [metadata, derived].compactMap(\.self).map { .writable($0, at: $0) }
    }

    /// Directories that a plugin may ask the host to download to.
    var downloadTargets: [String] { use == .metadata ? [metadata] : [] }

    /// The metadata as a project's scripts see it: theirs to change, and thrown away with the workspace, in whose
    /// directory `directory` the changes go.
    func privateMetadata(in directory: String) throws(Failure) -> Plan.Step {
        let (upper, work) = ("\(directory)/tree", "\(directory)/work")
        do throws(SystemCallError) {
            for path in [upper, work] { try Files.makeDirectories(path) }
        } catch {
            throw Failure(.system, "Cannot create a directory for the package metadata of scripts", cause: error)
        }
        return .overlay(
            Plan.Overlay(lower: [metadata], upper: .directory(upper, work: work), target: metadata)
        )
    }
}

extension ABI.V1.Run {
    /// A Boolean value indicating whether the command enters a tree, or runs scripts in one: it runs what packages have put
    /// there.
    var isForeign: Bool { root != nil || apiMounts != nil }
}
