import ByteKeys
import Configuration
import Support

/// Settings that would change the image and that this version cannot carry out.
///
/// A build that ignored one of them would produce a different image than requested, so it is refused.
enum UnsupportedSettings {
    private static let names = [
        settingName(.outputSize), settingName(.repartDirectories), settingName(.elTorito), settingName(.bootable),
        settingName(.initrds), settingName(.ssh), settingName(.selinuxRelabel), settingName(.secureBoot),
        settingName(.verity), settingName(.signExpectedPcr), settingName(.passphrase), settingName(.sign),
        settingName(.splitArtifacts), settingName(.ociLabels), settingName(.ociAnnotations),
        settingName(.useSubvolumes), settingName(.foreignUIDRange),
    ]

    /// Those that only matter to an image that boots.
    private static let bootNames = [
        settingName(.shimBootloader), settingName(.devicetrees), settingName(.splash), settingName(.microcodeHost),
    ]

    /// Those that only matter to an image with kernel modules or firmware, and are common in what it includes.
    struct Modules: StepSettings {
        let kernelModules = Input(.kernelModules)
        let kernelModulesExclude = Input(.kernelModulesExclude)
        let kernelModulesIncludeHost = Input(.kernelModulesIncludeHost)
        let firmwareFiles = Input(.firmwareFiles)
        let firmwareExclude = Input(.firmwareExclude)
    }

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
        try checkSplits(image)
        guard image[.manifestFormat].contains("changelog") else { return }
        throw Failure(
            .configuration,
            "ManifestFormat=changelog is not supported yet",
            hint: "Set by \(image.origin(of: .manifestFormat)); use ManifestFormat=json"
        )
    }

    /// Artifacts that no part of the build writes next to the output.
    ///
    /// The default has some of those, and asks for nothing where an image has none.
    private static let unwrittenArtifacts = ByteSet(Words.standardArtifacts + ["kernel-modules-initrd"])

    private static func checkSplits(_ image: ImageConfiguration) throws(Failure) {
        let parts = image[.splitArtifacts]
        guard parts != Words.standardArtifacts, let part = parts.first(where: unwrittenArtifacts.contains) else {
            return
        }
        let rest = parts.filter { !unwrittenArtifacts.contains($0) }
        throw Failure(
            .configuration,
            "SplitArtifacts=\(part) is not supported yet",
            hint: "Set by \(image.origin(of: settingName(.splitArtifacts))); "
                + "use SplitArtifacts=\(rest.joined(separator: ","))"
        )
    }

    /// Refuses what would choose among the kernel modules and the firmware that an image turned out to have.
    static func check(_ settings: SettingsView<Modules>) throws(Failure) {
        try refuse(settings.assigned)
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
