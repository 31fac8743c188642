import Configuration
import PluginWire

/// The package sets of a distribution that a new image contains in addition to the requested packages.
enum PackageSetChoice {
    /// The packages that every image has.
    private static let base = "base"
    /// The packages of a system that can be started; the first generations installed them by default.
    private static let system = "system"

    static func names(_ distribution: ABI.V1.DistributionDescription, for image: PackageImage) -> [String] {
        let wanted = wantsSystem(image) ? [base, system] : [base]
        return wanted.filter { distribution.packageSets?[$0] != nil }
    }

    /// Returns the warning for a distribution that has no such packages.
    static func warning(_ distribution: ABI.V1.DistributionDescription, for image: PackageImage) -> String? {
        guard wantsSystem(image), distribution.packageSets?[system] == nil else { return nil }
        return "BasePackages=yes has no effect: \(distribution.name) has no package set for a system"
    }

    private static func wantsSystem(_ image: PackageImage) -> Bool {
        image.basePackages == "yes"
    }
}
