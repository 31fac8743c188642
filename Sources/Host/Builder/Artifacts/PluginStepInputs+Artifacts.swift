import ByteKeys
import PluginWire

extension PluginStepInputs {
    /// The digests of artifacts, as facts.
    static func facts(
        of artifacts: [MadeArtifact],
        kernels: [ABI.V1.Kernel] = [],
        stated: ByteDictionary<String> = [:]
    ) -> [String: String] {
        var facts: [String: String] = [:]
        for (name, value) in stated { facts["fact \(name)"] = value }
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
