public import PluginKit
public import PluginWire

/// The measurements of a TPM once systemd-boot, or the firmware itself, has started a unified kernel image.
public struct Measurements: ArtifactPlugin {
    public init() {}

    public func make(_ request: ABI.V1.MakeArtifact, host: Host) throws -> ABI.V1.MadeArtifact {
        guard request.kind == "measurements" else {
            throw ErrorObject(code: .unsupported, message: "the artifact \(request.kind) is not one of this plugin")
        }
        guard let root = request.root, let kernel = request.kernel,
            let image = request.inputs.first(where: { $0.kind == "uki" })
        else { return ABI.V1.MadeArtifact(files: []) }
        let name = "\(kernel.version).json"
        let isVerified = request.flag("SecureBoot") == true && (request.text("ShimBootloader") ?? "none") == "none"
        let job = MeasureCommand.Job(
            root: root,
            loader: request.text("Bootloader") ?? "systemd-boot",
            architecture: request.architecture,
            image: image.path,
            version: kernel.version,
            certificate: isVerified ? try host.certificate(purpose: "secure-boot").bytes : nil,
            output: "\(request.staging)/\(name)"
        )
        try host.runTool(MeasureCommand.name, job, label: "measurements")
        return ABI.V1.MadeArtifact(files: [ABI.V1.ArtifactFile(name: name)])
    }
}
