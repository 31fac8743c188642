public import Configuration
public import PluginHost
import PluginWire
public import Support

/// Checks that the plugins that an image needs can do more than describe themselves.
public enum PluginCode {
    /// Throws for a distribution or a format whose plugin has no code, before anything takes time.
    public static func check(_ image: ImageConfiguration, _ catalogue: PluginCatalogue) throws(Failure) {
        if let name = image[.distribution] {
            let distribution = try catalogue.distribution(named: name)
            // A tree of one's own is made without asking its plugin anything.
            if distribution.description.custom == true {
                try CustomDistribution.check(image, named: distribution.description.name)
            } else {
                try distribution.check(release: image[.release])
                try check(distribution.plugin, of: "the distribution \(distribution.description.name)")
            }
        }
        if let name = image[.format] {
            let format = try catalogue.format(named: name)
            try check(format.plugin, of: "the format \(format.description.name)")
            let parts = try BootParts(of: image, format, catalogue)
            for part in try parts.plugins() { try check(part.plugin, of: part.subject) }
        }
    }

    private static func check(_ plugin: InstalledPlugin, of subject: String) throws(Failure) {
        if let fault = plugin.codeFault { throw fault }
        if plugin.hasCode { return }
        throw Failure(
            .plugin,
            "Cannot build \(subject): its plugin \(plugin.name) has no code yet",
            hint: "mkosi summary shows the configuration; mkosi plugin list shows which plugins have code"
        )
    }
}
