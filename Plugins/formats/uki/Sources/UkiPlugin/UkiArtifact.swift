import ByteKeys
import JSON
public import PluginKit
public import PluginWire

/// Unified kernel images, one for each kernel of the tree.
public struct UkiArtifact: ArtifactPlugin {
    public init() {}

    public func make(_ request: ABI.V1.MakeArtifact, host: Host) throws -> ABI.V1.MadeArtifact {
        if request.kind == "signed-uki" { return try findSigned(request, host) }
        if request.kind == PolicyFile.kind { return try policies(request, host) }
        guard request.kind == "uki" else {
            throw ErrorObject(code: .unsupported, message: "the artifact \(request.kind) is not one of this plugin")
        }
        let choice = request.text("UnifiedKernelImages") ?? "auto"
        let takesSigned = choice != "unsigned" && request.text("Bootloader")?.hasSuffix("-signed") == true
        guard choice != "none", !takesSigned, let root = request.root, let kernel = request.kernel,
            let image = request.inputs.first(where: { $0.kind == "kernel" })
        else { return ABI.V1.MadeArtifact(files: []) }
        let name = "\(kernel.version).efi"
        var job = UnifyCommand.Job(
            root: root,
            architecture: request.architecture,
            kernel: image.path,
            output: "\(request.staging)/\(name)"
        )
        job.release = kernel.version
        job.initrds = request.inputs.filter { $0.kind == "initrd" }.map(\.path)
        job.microcode = request.inputs.filter { $0.kind == "microcode" }.map(\.path)
        job.commandLine = request.words("KernelCommandLine")
        job.splash = request.text("Splash")
        job.deviceTrees = request.words("Devicetrees")
        job.facts = request.statedFacts
        job.profiles = request.profiles()
        // Without a stub kernels are installed as they are, unless unified ones were requested; a boot loader that has
        // nothing else to start says so itself.
        job.isOptional = choice == "auto"
        let signing = try UkiSigning(request, host)
        signing.prepare(&job)
        let made = try host.runTool(UnifyCommand.name, job, label: "unified kernel image", capture: true)
        if made.output?.isEmpty == false { try signing.sign(job.output) }
        return ABI.V1.MadeArtifact(
            files: made.output?.isEmpty == false ? [ABI.V1.ArtifactFile(name: name)] : []
        )
    }

    /// Takes the image that the distribution has built and signed.
    private func findSigned(_ request: ABI.V1.MakeArtifact, _ host: Host) throws -> ABI.V1.MadeArtifact {
        guard let root = request.root, let kernel = request.kernel else { return ABI.V1.MadeArtifact(files: []) }
        let name = "\(kernel.version).efi"
        let job = SignedImageCommand.Job(root: root, version: kernel.version, output: "\(request.staging)/\(name)")
        let found = try host.runTool(SignedImageCommand.name, job, label: "signed kernel image", capture: true)
        return ABI.V1.MadeArtifact(files: found.output?.isEmpty == false ? [ABI.V1.ArtifactFile(name: name)] : [])
    }

    private func policies(_ request: ABI.V1.MakeArtifact, _ host: Host) throws -> ABI.V1.MadeArtifact {
        guard let kernel = request.kernel, let image = request.inputs.first(where: { $0.kind == "uki" }) else {
            return ABI.V1.MadeArtifact(files: [])
        }
        let name = "\(kernel.version)\(PolicyFile.suffix)"
        try PolicyFile.write(image.path, to: "\(request.staging)/\(name)", request, host)
        return ABI.V1.MadeArtifact(files: [ABI.V1.ArtifactFile(name: name)])
    }
}

extension SettingValues {
    /// The profiles of `UnifiedKernelImageProfiles=`.
    func profiles() -> [UnifyCommand.Job.Profile] {
        (settings?["UnifiedKernelImageProfiles"]?.array ?? []).map { profile in
            let keys = profile["Profile"]?.object ?? [:]
            let lines = keys.map { "\($0.key)=\($0.value.string ?? "")" }.sorted()
            let id = lines.filter { $0.hasPrefix("ID=") }
            return UnifyCommand.Job.Profile(
                text: (id + lines.filter { !$0.hasPrefix("ID=") }).map { "\($0)\n" }.joined(),
                commandLine: profile["Cmdline"]?.array?.compactMap(\.string) ?? [],
                signsExpectedPcr: profile["SignExpectedPcr"]?.bool ?? true
            )
        }
    }
}
