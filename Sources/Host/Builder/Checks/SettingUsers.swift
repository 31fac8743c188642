import Configuration
import PluginHost
import PluginWire
import Support

/// The installed formats and boot loaders that carry out a setting, by their descriptions.
struct SettingUsers {
    let setting: String
    private let formats: [String]
    /// True if a boot loader carries it out, or something that is made for one.
    private let isForBooting: Bool

    init(of setting: String, _ catalogue: PluginCatalogue) {
        self.setting = setting
        let plugins = catalogue.plugins.filter(\.hasCode)
        formats = plugins.flatMap { $0.manifest.provides.formats ?? [] }
            .filter { $0.settings?.contains(setting) == true }.map(\.name)
        isForBooting = plugins.contains { plugin in
            let artifacts = (plugin.manifest.provides.artifacts ?? []).map(\.settings)
            let loaders = (plugin.manifest.provides.bootloaders ?? []).map(\.settings)
            return (artifacts + loaders).contains { $0?.contains(setting) == true }
        }
    }

    var isEmpty: Bool { formats.isEmpty && !isForBooting }

    /// A warning that an image is built without the setting, with the images that would use it.
    func warning(of origin: Origin, _ parts: BootParts) -> String {
        let format = parts.format.description.name
        let place: String
        if !isForBooting || parts.firmware.isEmpty {
            place = "with Format=\(format)"
        } else {
            place = parts.loaders.isEmpty ? "for an image without a boot loader" : "for an image with this boot loader"
        }
        var images = formats.map { "Format=\($0)" }
        if isForBooting, parts.loaders.isEmpty { images.append("Bootable=yes with a boot loader") }
        let hint = images.isEmpty ? "" : "; it is for \(Self.list(images))"
        return "\(setting)= has no effect \(place)\n  hint: Set by \(origin)\(hint)"
    }

    private static func list(_ words: [String]) -> String {
        let shown = words.count > 5 ? Array(words.prefix(5)) + ["others"] : words
        guard let last = shown.last, shown.count > 1 else { return shown.first ?? "" }
        return shown.dropLast().joined(separator: ", ") + " or " + last
    }
}
