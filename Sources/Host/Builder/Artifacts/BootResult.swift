import Artifacts
import PluginWire

/// The artifacts that were made for an image, and its kernels.
struct BootResult: Sendable {
    let plan: ArtifactPlan
    /// The files of each item of the plan.
    let made: [[MadeArtifact]]
    /// The newest first; nil where kernels have nothing to do with the outputs.
    let kernels: [ABI.V1.Kernel]?

    /// Nothing was made, for nothing asks for it.
    static let none = BootResult(plan: ArtifactPlan(), made: [], kernels: nil)

    /// What a format gets: what its description asks for, and the boot code of boot loaders where it has a place for it.
    func artifacts(for format: ABI.V1.FormatDescription) -> [MadeArtifact] {
        let codes = format.firmware?.contains("bios") == true ? [ArtifactClosure.bootCodeKind] : []
        return artifacts(format.artifacts, (format.optionalArtifacts ?? []) + codes)
    }

    /// The files of these kinds, in their order.
    func artifacts(_ kinds: [String]?, _ optional: [String]?) -> [MadeArtifact] {
        plan.indices(of: (kinds ?? []) + (optional ?? [])).flatMap { made[$0] }
    }
}
