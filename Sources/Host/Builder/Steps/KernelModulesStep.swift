import Configuration
import Support
import TreeWire

/// Removes the kernel modules and the firmware that the settings do not choose, before modules are indexed.
struct KernelModulesStep: BuildStep {
    let name = "modules"
    let title = "Removing kernel modules"
    let settings = Settings()
    let facts: Facts

    struct Settings: StepSettings {
        let kernelModules = Input(.kernelModules)
        let kernelModulesExclude = Input(.kernelModulesExclude)
        let kernelModulesIncludeHost = Input(.kernelModulesIncludeHost)
        let firmwareFiles = Input(.firmwareFiles)
        let firmwareExclude = Input(.firmwareExclude)
    }

    /// The modules that the words of `KernelModules=` stand for.
    struct Facts: Sendable {
        /// The modules that the host has loaded, one on each line.
        var host = ""
        /// The configuration with the modules of the default initrd.
        var standard = ""
    }

    private static let host = "host"
    private static let standard = "default"

    var inputs: StepInputs {
        StepInputs(facts: ["modules of the host": facts.host, "modules of the default initrd": facts.standard])
    }

    private static let directories = ["/usr/lib/modules/", "/usr/lib/firmware/"]

    var paths: [String] { Self.directories.map { "\($0)*" } }

    /// Returns true if an image's settings choose among modules or firmware.
    static func isNeeded(for image: ImageConfiguration) -> Bool {
        image[.kernelModulesIncludeHost]
            || ![image[.kernelModules], image[.kernelModulesExclude], image[.firmwareFiles], image[.firmwareExclude]]
                .allSatisfy(\.isEmpty)
    }

    /// Returns true if the settings of an image name the modules that the host has loaded.
    static func namesHost(_ image: ImageConfiguration) -> Bool {
        image[.kernelModulesIncludeHost] || image[.kernelModules].contains(host)
    }

    /// Returns true if they name those of the default initrd.
    static func namesStandard(_ image: ImageConfiguration) -> Bool { image[.kernelModules].contains(standard) }

    func run(_ context: any StepContext, _ settings: SettingsView<Settings>) throws(Failure) {
        let existing = try context.existingPaths()
        guard Self.directories.contains(where: { place in existing.contains { $0.hasPrefix(place) } }) else { return }
        let removal = ModuleRemoval(
            root: context.root,
            modules: settings.kernelModules + (settings.kernelModulesIncludeHost ? [Self.host] : []),
            excludedModules: settings.kernelModulesExclude,
            firmware: settings.firmwareFiles,
            excludedFirmware: settings.firmwareExclude,
            host: facts.host,
            standard: facts.standard
        )
        try context.line(title, name) { _ throws(Failure) in try context.tree.remove(removal) }
    }
}
