import ByteKeys
import Configuration
import PluginHost
import PluginWire
import Support

/// Settings that would change the image and that this version cannot carry out.
///
/// A build that ignored one of them would produce a different image than requested, so it is refused.
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

    /// Values by which a setting asks for nothing.
    private static let idle: [Value] = [
        .unset, .bool(false), .list([]), .trees([]), .dictionary([:]), .integer(0), .text(""), .text("auto"),
        .text("none"), .text("never"), .text("disabled"), .text("runtime"),
    ]

    /// Refuses those that request something, and that no part of the build declares.
    static func check(_ image: ImageConfiguration, declared: Set<String>) throws(Failure) {
        try ImageTools.check(image)
        let boots = declared.contains(settingName(.bootable)) && image[.bootable] != .disabled
        let names = names + (image.wantsDefaultTools ? [settingName(.toolsTree)] : []) + (boots ? bootNames : [])
        let assigned = names.filter { !declared.contains($0) && !image.assignments(to: $0).isEmpty }
        try refuse(assigned.map { ($0, image.value(named: $0), image.origin(of: $0)) })
        guard image[.manifestFormat].contains("changelog") else { return }
        throw Failure(
            .configuration,
            "ManifestFormat=changelog is not supported yet",
            hint: "Set by \(image.origin(of: .manifestFormat)); use ManifestFormat=json"
        )
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

    /// Refuses those of the settings, with the values that the project assigns, that request something.
    private static func refuse(_ settings: [(name: String, value: Value, origin: Origin)]) throws(Failure) {
        let asked = settings.filter { !idle.contains($0.value) }
        guard let first = asked.first else { return }
        let list = asked.map { "\($0.name)=" }.joined(separator: ", ")
        throw Failure(
            .configuration,
            "\(list) \(asked.count == 1 ? "is" : "are") not supported yet",
            hint: "\(first.name)= is set by \(first.origin); the image would be different without it"
        )
    }
}
