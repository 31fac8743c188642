import JSON
import PluginWire
import Support
import System
import TestSupport

/// The mirrors of the plugin's manifest, which the host passes on.
enum ShippedMirrors {
    private static let distributions: [ABI.V1.DistributionDescription] = {
        let path = Paths.join(Stage.packageRoot, "Plugins/debian/plugin.json")
        return ((try? JSONText.decode(Manifest.self, from: Files.read(path)))?.provides.distributions) ?? []
    }()

    /// The mirror for an architecture as the distribution names it; nil for distributions of other manifests.
    static func mirror(_ distribution: String, _ architecture: String) -> String? {
        guard let known = distributions.first(where: { $0.name == distribution }) else { return nil }
        let name = known.architectures.first { $0.value == architecture }?.key
        return name.flatMap { known.mirrors?[$0] } ?? known.mirrors?["*"]
    }
}
