import BootKit
import JSON
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
        var job = InstallCommand.Job(
            isSigned: request.name == "grub-signed",
            isUEFI: isUEFI,
            distribution: request.text("Distribution"),
            root: request.root,
            scratch: request.workspace,
            architecture: request.architecture,
            kernels: request.kernels.map { kernel in
                func paths(_ kind: String) -> [String] {
                    request.artifacts.filter { $0.kind == kind && ($0.kernel == nil || $0.kernel == kernel.version) }
                        .map(\.path)
                }
                return InstallCommand.Job.Kernel(
                    version: kernel.version,
                    image: paths("kernel").first,
                    // A BIOS starts no EFI programs.
                    unified: isUEFI ? paths("uki").first : nil,
                    initrds: paths("microcode") + paths("initrd")
                )
            },
            commandLine: request.words("KernelCommandLine"),
            facts: request.statedFacts,
            unified: isUEFI ? request.text("UnifiedKernelImages") ?? "auto" : "none",
            nameFormat: request.text("UnifiedKernelImageFormat"),
            shim: isUEFI ? request.text("ShimBootloader").flatMap(BootChain.Shim.init) ?? .none : .none,
            deviceTrees: request.words("Devicetrees")
        )
        // What shim starts has to be signed by those who have signed shim.
        job.signs = isUEFI && request.flag("SecureBoot") == true && job.shim != .signed
        let made = try host.runTool(InstallCommand.name, job, label: "boot loader", capture: job.signs)
        guard job.signs, let printed = made.output else { return }
        var signatures = try JSONText.decode([PendingSignature].self, from: printed.utf8)
        for index in signatures.indices {
            signatures[index].signature = try host.signature(
                of: signatures[index].digest,
                kind: "authenticode",
                purpose: "secure-boot"
            )
        }
        let signing = SignCommand.Job(root: request.root, signatures: signatures)
        try host.runTool(SignCommand.name, signing, label: "signatures")
    }
}
