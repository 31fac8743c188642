import Artifacts
import ByteKeys
import PluginWire

/// The artifacts that were made for an image, and its kernels.
struct BootResult: Sendable {
    let plan: ArtifactPlan
    /// The results of the items of the plan.
    let made: [MadeItem]
    /// The newest first; nil where kernels have nothing to do with the outputs.
    let kernels: [ABI.V1.Kernel]?

    /// Nothing was made, for nothing asks for it.
    static let none = BootResult(plan: ArtifactPlan(), made: [], kernels: nil)

    /// Returns the artifacts that a format's description asks for, and the boot code of boot loaders if it has a place
    /// for it.
    func artifacts(for format: ABI.V1.FormatDescription) -> [MadeArtifact] {
        let codes = format.firmware?.contains("bios") == true ? [ArtifactClosure.bootCodeKind] : []
        return artifacts(format.artifacts, (format.optionalArtifacts ?? []) + (format.bootArtifacts ?? []) + codes)
    }

    /// The files of these kinds, in their order.
    func artifacts(_ kinds: [String]?...) -> [MadeArtifact] {
        plan.indices(of: kinds.flatMap { $0 ?? [] }).flatMap { made[$0].files }
    }

    /// The facts about artifacts of these kinds; of two with one name, the last.
    func facts(of kinds: [String]?) -> ByteDictionary<String> { Self.facts(plan.indices(of: kinds ?? []), made) }

    static func facts(_ indices: [Int], _ made: [MadeItem]) -> ByteDictionary<String> {
        var facts: ByteDictionary<String> = [:]
        for index in indices { facts.merge(made[index].facts) { $1 } }
        return facts
    }
}
