/// How the image boots.
extension SettingTable {
    static let boot: [SettingDefinition] = rows(
        of: .content,
        [
            Row("Bootable", .feature, "Make an image that boots by itself")
                .option("--bootable", nil, "FEATURE").match(.feature),
            Row("Bootloader", .choice(Words.bootloader), "Boot loader for EFI firmware")
                .option("--bootloader").standard(.text("systemd-boot")),
            Row("BiosBootloader", .choice(Words.biosBootloader), "Boot loader for BIOS firmware")
                .option("--bios-bootloader").standard(.text("none")),
            Row("ShimBootloader", .choice(Words.shimBootloader), "Whether a shim starts the boot loader, and which")
                .option("--shim-bootloader").standard(.text("none")),
            Row(
                "UnifiedKernelImages",
                .choice(Words.unifiedKernelImage, yes: "signed", no: "none"),
                "Whether kernels are installed as unified kernel images"
            )
            .option("--unified-kernel-images", nil, "FEATURE").standard(.text("auto")),
            Row("UnifiedKernelImageFormat", .fileName, "How the files of unified kernel images are called")
                .option("--unified-kernel-image-format"),
            Row("UnifiedKernelImageProfiles", .list(.kernelProfile), "Profiles to add to each unified kernel image")
                .option("--uki-profile", nil, "PATH").path("mkosi.uki-profiles/*.conf"),
            Row("Initrds", .list(.path(["default"])), "Use these initrds; default is the one that mkosi makes")
                .option("--initrd", nil, "PATH").standard(.computed(.initrds)),
            Row("MicrocodeHost", .boolean, "Take only the microcode for the processor of this machine")
                .option("--microcode-host", nil, "BOOL"),
            Row("InitrdProfiles", .texts, "Profiles of the default initrd")
                .option("--initrd-profile", nil, "PROFILE").scope(.initrd),
            Row("InitrdPackages", .texts, "Install these packages in the default initrd too")
                .option("--initrd-package", nil, "PACKAGE").scope(.initrd),
            Row("InitrdVolatilePackages", .texts, "Install these packages in the default initrd, outside of any cache")
                .option("--initrd-volatile-package", nil, "PACKAGE").scope(.initrd),
            Row("Devicetrees", .texts, "Patterns of the device trees to include")
                .option("--devicetrees").old(["Devicetree"]),
            Row("Splash", .path(.init(absolute: true)), "Boot splash for unified kernel images, as a path in the image")
                .option("--splash"),
            Row("KernelCommandLine", .words(), "Kernel command line of the image")
                .option("--kernel-command-line", nil, "OPTIONS"),
            Row("KernelModulesInclude", .expressions, "Keep the kernel modules that match these patterns")
                .option("--kernel-modules-include", nil, "REGEX").stored(as: "KernelModules"),
            Row("KernelModulesExclude", .expressions, "Leave out the kernel modules that match these patterns")
                .option("--kernel-modules-exclude", nil, "REGEX"),
            Row(
                "KernelModules",
                .texts,
                "Keep the kernel modules that match these patterns, or leave them out after a dash"
            )
            .option("--kernel-modules", nil, "GLOB"),
            Row("KernelModulesIncludeHost", .boolean, "Keep the kernel modules that this machine has loaded")
                .option("--kernel-modules-include-host", nil, "BOOL"),
            Row("KernelModulesInitrd", .boolean, "Put kernel modules into an initrd of their own")
                .option("--kernel-modules-initrd", nil, "BOOL").standard(.bool(true)),
            Row(
                "KernelModulesInitrdInclude",
                .expressions,
                "Put the kernel modules that match these patterns into the initrd"
            )
            .option("--kernel-modules-initrd-include", nil, "REGEX").stored(as: "KernelInitrdModules"),
            Row(
                "KernelModulesInitrdExclude",
                .expressions,
                "Leave the kernel modules that match these patterns out of the initrd"
            )
            .option("--kernel-modules-initrd-exclude", nil, "REGEX"),
            Row(
                "KernelInitrdModules",
                .texts,
                "Put the kernel modules that match these patterns into the initrd, or leave them out after a dash"
            )
            .option("--kernel-initrd-modules", nil, "GLOB"),
            Row(
                "KernelModulesInitrdIncludeHost",
                .boolean,
                "Put the kernel modules that this machine has loaded into the initrd"
            )
            .option("--kernel-modules-initrd-include-host", nil, "BOOL"),
            Row("FirmwareInclude", .expressions, "Keep the firmware that matches these patterns")
                .option("--firmware-include", nil, "REGEX").stored(as: "FirmwareFiles"),
            Row("FirmwareExclude", .expressions, "Leave out the firmware that matches these patterns")
                .option("--firmware-exclude", nil, "REGEX"),
            Row("FirmwareFiles", .texts, "Keep the firmware that matches these patterns, or leave it out after a dash")
                .option("--firmware-files", nil, "GLOB"),
        ]
    )
}
