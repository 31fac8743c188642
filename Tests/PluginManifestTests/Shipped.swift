import Configuration
import PluginHost
import PluginWire
import Support
import System
import TestSupport

/// The plugins that ship with the program, as they lie in the checkout.
enum Shipped {
    static let catalogue = PluginCatalogue(
        PluginSearchPath(
            directories: ["Plugins", "Plugins/boot", "Plugins/formats"].map { Paths.join(Stage.packageRoot, $0) }
        )
    )

    static let facts = PluginFacts(
        plugins: catalogue.plugins.map { PluginFacts.Plugin(manifest: $0.manifest, directory: $0.directory) }
    )

    static var distributions: [ABI.V1.DistributionDescription] {
        catalogue.plugins.flatMap { $0.manifest.provides.distributions ?? [] }
    }

    static var formats: [ABI.V1.FormatDescription] {
        catalogue.plugins.flatMap { $0.manifest.provides.formats ?? [] }
    }

    static func distribution(_ name: String) throws -> ABI.V1.DistributionDescription {
        try catalogue.distribution(named: name).description
    }

    static func format(_ name: String) throws -> ABI.V1.FormatDescription {
        try catalogue.format(named: name).description
    }
}
