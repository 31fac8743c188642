import BootKit
import BootloaderKit
public import PluginKit
public import PluginWire

/// systemd-boot with its entries, and unified kernel images that firmware starts by itself.
///
/// The boot loader is written to `/efi` of the tree, and what it starts to `/boot`, as partition definitions expect it.
public struct SystemdBoot: BootloaderPlugin {
    public init() {}

    public func install(_ request: ABI.V1.InstallBootloader, host: Host) throws {
        guard ["systemd-boot", "systemd-boot-signed", "uki", "uki-signed"].contains(request.name) else {
            throw ErrorObject(code: .unsupported, message: "the boot loader \(request.name) is not one of this plugin")
        }
        let unified = UnifiedChoice(loader: request.name, setting: request.text("UnifiedKernelImages"))
        var job = InstallCommand.Job(
            loader: request.name,
            root: request.root,
            architecture: request.architecture,
            kernels: request.installedKernels(unified),
            commandLine: request.words("KernelCommandLine"),
            facts: request.statedFacts,
            unified: unified,
            nameFormat: request.text("UnifiedKernelImageFormat")
        )
        job.shim = request.shim
        job.deviceTrees = request.words("Devicetrees")
        let signing = BootSigning(host: host, root: request.root)
        job.signs = request.signsPrograms
        if job.signs, !request.name.hasPrefix("uki"), request.flag("SecureBootAutoEnroll") != false {
            job.enrolment = try signing.enrolment(in: request.workspace)
        }
        let made = try host.runTool(InstallCommand.name, job, label: "boot loader", capture: job.signs)
        if job.signs { try signing.sign(made.output) }
    }
}
