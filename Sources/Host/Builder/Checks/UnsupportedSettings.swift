import ByteKeys
import Configuration
import PluginHost
import PluginWire
import Support

/// Settings that would change the image, and that no part of its build carries out.
///
/// If nothing that is installed does, the build is refused: it would produce a different image than requested. What other
/// formats or boot loaders carry out gives a warning, because a project builds its images in several formats.
enum UnsupportedSettings {
    private static let names = [
        settingName(.outputSize), settingName(.elTorito), settingName(.bootable),
        settingName(.initrds), settingName(.ssh), settingName(.selinuxRelabel), settingName(.secureBoot),
        settingName(.verity), settingName(.signExpectedPcr), settingName(.passphrase), settingName(.sign),
        settingName(.ociLabels), settingName(.ociAnnotations),
        settingName(.useSubvolumes), settingName(.foreignUIDRange),
    ]

    /// Those that only matter to an image that boots.
    private static let bootNames = [
        settingName(.shimBootloader), settingName(.devicetrees), settingName(.splash), settingName(.microcodeHost),
    ]

    /// Values that request nothing.
    private static let idle: [Value] = [
        .unset, .bool(false), .list([]), .trees([]), .dictionary([:]), .integer(0), .text(""), .text("auto"),
        .text("none"), .text("never"), .text("disabled"), .text("runtime"),
    ]

    /// Refuses those that no installed plugin carries out, and returns warnings about those that this image cannot use.
    static func check(
        _ image: ImageConfiguration,
        _ parts: BootParts,
        declared: Set<String>,
        _ catalogue: PluginCatalogue
    ) throws(Failure) -> [String] {
        try ImageTools.check(image)
        let boots = declared.contains(settingName(.bootable)) && image[.bootable] != .disabled
        let assigned = (names + (boots ? bootNames : [])).filter { name in
            !declared.contains(name) && !image.assignments(to: name).isEmpty && !idle.contains(image.value(named: name))
        }
        let users = assigned.map { SettingUsers(of: $0, catalogue) }
        let unknown = users.filter(\.isEmpty).map(\.setting)
        try refuse(unknown.map { ($0, image.origin(of: $0)) })
        try ImageTools.refuseDefault(image)
        if image[.manifestFormat].contains("changelog") {
            throw Failure(
                .configuration,
                "ManifestFormat=changelog is not supported yet",
                hint: "Set by \(image.origin(of: .manifestFormat)); use ManifestFormat=json"
            )
        }
        return users.filter { !$0.isEmpty }.map { users in
            users.warning(of: image.origin(of: users.setting), parts)
        }
    }

    /// Refuses words of `SplitArtifacts=` for which no part of the build makes an output.
    ///
    /// Those of the default ask for nothing where an image has none.
    static func checkSplits(_ image: ImageConfiguration, _ parts: BootParts) throws(Failure) {
        let format = parts.format.description
        let known = (format.splits ?? []) + parts.splitKinds + parts.splitFormats.map(\.description.name)
        let others = Words.standardArtifacts + ["os-release", format.name]
        guard let word = image[.splitArtifacts].first(where: { !known.contains($0) && !others.contains($0) }) else {
            return
        }
        throw Failure(
            .configuration,
            "SplitArtifacts=\(word): the format \(format.name) has no such part, and no installed plugin makes it",
            hint: "Set by \(image.origin(of: settingName(.splitArtifacts)))"
        )
    }

    private static func refuse(_ settings: [(name: String, origin: Origin)]) throws(Failure) {
        guard let first = settings.first else { return }
        let list = settings.map { "\($0.name)=" }.joined(separator: ", ")
        throw Failure(
            .configuration,
            "\(list) \(settings.count == 1 ? "is" : "are") not supported yet",
            hint: "\(first.name)= is set by \(first.origin); the image would be different without it"
        )
    }
}
