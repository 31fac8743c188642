/// Settings for booting the image.
extension SettingTable {
    static let boot: [SettingDefinition] = rows(
        of: .content,
        [
            Row("Bootable", .feature, "Make the image bootable")
                .option("--bootable", nil, "FEATURE").match(.feature),
            Row("Bootloader", .choice([]), "Boot loader for EFI firmware").option("--bootloader").firmware("uefi"),
            Row("BiosBootloader", .choice([]), "Boot loader for BIOS firmware")
                .option("--bios-bootloader").firmware("bios"),
            Row("ShimBootloader", .choice(Words.shimBootloader), "Shim that starts the boot loader")
                .option("--shim-bootloader").standard(.text("none")),
            Row(
                "UnifiedKernelImages",
                .choice(Words.unifiedKernelImage, yes: "signed", no: "none"),
                "Install kernels as unified kernel images"
            )
            .option("--unified-kernel-images", nil, "FEATURE").standard(.text("auto")),
            Row("UnifiedKernelImageFormat", .fileName, "File name of unified kernel images")
                .option("--unified-kernel-image-format"),
            Row("UnifiedKernelImageProfiles", .list(.kernelProfile), "Profiles to add to each unified kernel image")
                .option("--uki-profile", nil, "PATH").path("mkosi.uki-profiles/*.conf"),
            Row("Initrds", .list(.path(["default"])), "Initrds to use; `default` is the one that mkosi builds")
                .option("--initrd", nil, "PATH").standard(.computed(.initrds)),
            Row("MicrocodeHost", .boolean, "Include only microcode for the host's processor")
                .option("--microcode-host", nil, "BOOL"),
            Row("InitrdProfiles", .texts, "Profiles of the default initrd")
                .option("--initrd-profile", nil, "PROFILE").scope(.initrd),
            Row("InitrdPackages", .texts, "Additional packages for the default initrd")
                .option("--initrd-package", nil, "PACKAGE").scope(.initrd),
            Row(
                "InitrdVolatilePackages",
                .texts,
                "Packages to install in the default initrd that do not invalidate its cache"
            )
            .option("--initrd-volatile-package", nil, "PACKAGE").scope(.initrd),
            Row("Devicetrees", .texts, "Device trees to include, as patterns")
                .option("--devicetrees").old(["Devicetree"]),
            Row("Splash", .path(.init(absolute: true)), "Boot splash for unified kernel images, as a path in the image")
                .option("--splash"),
            Row("KernelCommandLine", .words(), "Kernel command line of the image")
                .option("--kernel-command-line", nil, "OPTIONS"),
            Row("KernelModulesInclude", .expressions, "Keep kernel modules that match these patterns")
                .option("--kernel-modules-include", nil, "REGEX").stored(as: "KernelModules"),
            Row("KernelModulesExclude", .expressions, "Exclude kernel modules that match these patterns")
                .option("--kernel-modules-exclude", nil, "REGEX"),
            Row(
                "KernelModules",
                .texts,
                "Keep kernel modules that match these patterns; a leading `-` excludes them"
            )
            .option("--kernel-modules", nil, "GLOB"),
            Row("KernelModulesIncludeHost", .boolean, "Keep the kernel modules that are loaded on the host")
                .option("--kernel-modules-include-host", nil, "BOOL"),
            Row("KernelModulesInitrd", .boolean, "Put kernel modules into a separate initrd")
                .option("--kernel-modules-initrd", nil, "BOOL").standard(.bool(true)),
            Row(
                "KernelModulesInitrdInclude",
                .expressions,
                "Include kernel modules that match these patterns in the initrd"
            )
            .option("--kernel-modules-initrd-include", nil, "REGEX").stored(as: "KernelInitrdModules"),
            Row(
                "KernelModulesInitrdExclude",
                .expressions,
                "Exclude kernel modules that match these patterns from the initrd"
            )
            .option("--kernel-modules-initrd-exclude", nil, "REGEX"),
            Row(
                "KernelInitrdModules",
                .texts,
                "Include kernel modules that match these patterns in the initrd; a leading `-` excludes them"
            )
            .option("--kernel-initrd-modules", nil, "GLOB"),
            Row(
                "KernelModulesInitrdIncludeHost",
                .boolean,
                "Include the kernel modules that are loaded on the host in the initrd"
            )
            .option("--kernel-modules-initrd-include-host", nil, "BOOL"),
            Row("FirmwareInclude", .expressions, "Keep firmware that matches these patterns")
                .option("--firmware-include", nil, "REGEX").stored(as: "FirmwareFiles"),
            Row("FirmwareExclude", .expressions, "Exclude firmware that matches these patterns")
                .option("--firmware-exclude", nil, "REGEX"),
            Row("FirmwareFiles", .texts, "Keep firmware that matches these patterns; a leading `-` excludes it")
                .option("--firmware-files", nil, "GLOB"),
        ]
    )
}
