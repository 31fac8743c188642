import BootKit
import BootloaderKit
public import PluginKit
public import PluginWire

/// GRUB with a menu of the tree's kernels.
///
/// The boot loader is written to `/efi` of the tree, and kernels to `/boot`, as partition definitions expect it.
public struct Grub: BootloaderPlugin {
    public init() {}

    public func install(_ request: ABI.V1.InstallBootloader, host: Host) throws {
        guard ["grub", "grub-signed"].contains(request.name) else {
            throw ErrorObject(code: .unsupported, message: "the boot loader \(request.name) is not one of this plugin")
        }
        let isUEFI = request.firmware == "uefi"
        // A BIOS starts no EFI programs.
        let unified = UnifiedChoice(
            loader: request.name,
            setting: isUEFI ? request.text("UnifiedKernelImages") : "none"
        )
        var job = InstallCommand.Job(
            isSigned: request.name == "grub-signed",
            isUEFI: isUEFI,
            distribution: request.text("Distribution"),
            root: request.root,
            scratch: request.workspace,
            architecture: request.architecture,
            kernels: request.installedKernels(unified),
            commandLine: request.words("KernelCommandLine"),
            facts: request.statedFacts,
            unified: unified,
            nameFormat: request.text("UnifiedKernelImageFormat"),
            shim: isUEFI ? request.shim : .none,
            deviceTrees: request.words("Devicetrees")
        )
        job.signs = isUEFI && request.signsPrograms
        // Without the distribution's signature GRUB verifies kernels with shim alone (grub-mkimage(1), --disable-shim-lock).
        if job.signs, !job.isSigned {
            throw ErrorObject(
                code: .unsupported,
                message: "GRUB that is made here starts no kernel with Secure Boot",
                hint: "Use Bootloader=grub-signed with ShimBootloader=signed, Bootloader=systemd-boot, or SecureBoot=no"
            )
        }
        let made = try host.runTool(InstallCommand.name, job, label: "boot loader", capture: job.signs)
        if job.signs { try BootSigning(host: host, root: request.root).sign(made.output) }
    }
}
