import Configuration
import LayerStore
import PluginHost
import PluginWire
import Support

/// What a step depends on in which a plugin does the work: part of the step's key.
struct PluginStepInputs: Sendable {
    var plugin: InstalledPlugin
    var tools: [ABI.V1.Tool]?
    /// Names of the settings that the plugin gets and may ask for.
    var settings: [String]?
    /// Further inputs by names that people understand: kernels, digests of artifacts.
    var facts: [String: String] = [:]

    /// The digests of artifacts, as facts.
    static func facts(of artifacts: [MadeArtifact], kernels: [ABI.V1.Kernel] = []) -> [String: String] {
        var facts: [String: String] = [:]
        for (index, artifact) in artifacts.enumerated() {
            let subject = [artifact.artifact.kernel, artifact.artifact.profile].compactMap(\.self).joined(
                separator: " "
            )
            facts["artifact \(index) \(artifact.artifact.kind) \(subject)"] = artifact.digest
        }
        for (index, kernel) in kernels.enumerated() { facts["kernel \(index)"] = "\(kernel.version) \(kernel.image)" }
        return facts
    }
}

extension CacheKeyBuilder {
    func add(_ step: PluginStepInputs, to inputs: inout LayerInputs) throws(Failure) {
        try add(step.plugin, to: &inputs)
        for tool in step.tools ?? [] { try addProgram([tool.name] + (tool.alternatives ?? []), to: &inputs) }
        for name in Set(step.settings ?? []).sorted() {
            add(name, to: &inputs)
            // The plugin reads what a path of the host leads to.
            if image.registry.setting(named: name)?.kind.namesHostFiles == true { try addFiles(name, to: &inputs) }
        }
        for (name, value) in step.facts { inputs.add(name, value) }
    }
}
