import Configuration
import Display
import PluginWire
import Support

/// Checks settings that have no meaning for a distribution without a package manager.
enum CustomDistribution {
    /// Throws for settings that would mean another image if they were ignored.
    static func check(_ image: ImageConfiguration, named name: String) throws(Failure) {
        if let snapshot = image[.snapshot], !snapshot.isEmpty { throw noSnapshots(name) }
    }

    static func noSnapshots(_ name: String) -> Failure {
        Failure(
            .configuration,
            "The distribution \(name) has no package manager, and so no snapshots",
            hint: "Remove Snapshot=, or choose another Distribution="
        )
    }

    /// Names the settings about packages that nothing carries out.
    ///
    /// They are no error: an image may share its configuration with others that have packages.
    static func warn(_ image: ImageConfiguration, named name: String, _ display: EventReporter) {
        let settings = [
            ("Packages=", image[.packages]), ("VolatilePackages=", image[.volatilePackages]),
            ("BuildPackages=", image[.buildPackages]), ("RemovePackages=", image[.removePackages]),
        ]
        let named = settings.filter { !$0.1.isEmpty }.map(\.0)
        if named.isEmpty { return }
        display.log(
            .warning,
            "\(named.joined(separator: ", ")) \(named.count == 1 ? "has" : "have") no effect: the distribution \(name) "
                + "has no package manager; base trees, skeleton trees and scripts make the tree"
        )
    }
}
