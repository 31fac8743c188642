import BootKit
import JSON
public import PluginKit
public import PluginWire

/// A unified kernel image that has the whole tree as its initrd, and addons of such images.
public struct UkiFormat: FormatPlugin {
    public init() {}

    public func assemble(_ request: ABI.V1.Assemble, host: Host) throws -> ABI.V1.Assembled {
        guard ["uki", "addon"].contains(request.format) else {
            throw ErrorObject(code: .unsupported, message: "the format \(request.format) is not one of this plugin")
        }
        guard let root = request.root else {
            throw ErrorObject(code: .invalidParameters, message: "there is no tree to start")
        }
        let isAddon = request.format == "addon"
        let kernel = request.artifacts?.first { $0.kind == "kernel" }
        if !isAddon, kernel == nil {
            throw ErrorObject(
                code: .notFound,
                message: "the image has no kernel",
                hint: "Add one to Packages=; it has to be /usr/lib/modules/VERSION/vmlinuz or /boot/vmlinuz-VERSION"
            )
        }
        var job = UnifyCommand.Job(
            root: root,
            architecture: request.text("Architecture") ?? "",
            kernel: isAddon ? nil : kernel?.path,
            output: "\(request.staging)/\(request.outputName)"
        )
        job.release = kernel?.kernel
        job.commandLine = request.words("KernelCommandLine")
        if !isAddon {
            job.splash = request.text("Splash")
            job.deviceTrees = request.words("Devicetrees")
            job.profiles = request.profiles()
        }
        job.tree = UnifyCommand.Job.Tree(
            archive: "\(request.workspace)/tree.cpio",
            compression: request.compression,
            level: request.compressionLevel,
            epoch: request.sourceDateEpoch,
            jobs: request.jobs
        )
        var outputs = [ABI.V1.Output(name: request.outputName)]
        if !isAddon {
            let splits = request.words("SplitArtifacts")
            if splits.contains("kernel") {
                outputs.append(ABI.V1.Output(name: "\(request.baseName).vmlinuz", role: "kernel"))
                job.kernelCopy = "\(request.staging)/\(request.baseName).vmlinuz"
            }
            if splits.contains("initrd") {
                outputs.append(ABI.V1.Output(name: "\(request.baseName).initrd", role: "initrd"))
                job.tree?.archive = "\(request.staging)/\(request.baseName).initrd"
                job.tree?.isKept = true
            }
        }
        let signing = try UkiSigning(request, host)
        signing.prepare(&job)
        try host.runTool(UnifyCommand.name, job, label: "unified kernel image", capture: true)
        try signing.sign(job.output)
        if !isAddon, request.words("SplitArtifacts").contains(PolicyFile.kind) {
            let name = "\(request.baseName)\(PolicyFile.suffix)"
            try PolicyFile.write(job.output, to: "\(request.staging)/\(name)", request, host)
            outputs.append(ABI.V1.Output(name: name, role: PolicyFile.kind))
        }
        var assembled = ABI.V1.Assembled(outputs: outputs)
        if !isAddon { assembled.measurements = try measurements(of: job, request, host) }
        return assembled
    }

    /// Predicts what a TPM will hold once firmware has started the image.
    private func measurements(of job: UnifyCommand.Job, _ request: ABI.V1.Assemble, _ host: Host) throws -> [JSON] {
        let isVerified = request.flag("SecureBoot") == true
        let measurements = PredictedMeasurements(
            image: job.output,
            loader: nil,
            certificate: isVerified ? try host.certificate(purpose: "secure-boot").bytes : nil
        )
        do {
            let text = try JSONText.encode(measurements.predictions(kernel: job.release))
            return try JSONText.decode([JSON].self, from: text)
        } catch let error as BootError {
            throw ErrorObject(code: .internalError, message: error.message, hint: error.hint)
        }
    }
}
