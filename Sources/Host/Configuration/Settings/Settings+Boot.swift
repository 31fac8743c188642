/// Settings for booting the image.
extension SettingTable {
    static let boot: [SettingDefinition] = rows(
        of: .content,
        [
            row(.bootable),
            row(.bootloader),
            row(.biosBootloader),
            row(.shimBootloader),
            row(.unifiedKernelImages),
            row(.unifiedKernelImageFormat),
            row(.unifiedKernelImageProfiles),
            row(.initrds),
            row(.microcodeHost),
            row(.initrdProfiles),
            row(.initrdPackages),
            row(.initrdVolatilePackages),
            row(.devicetrees),
            row(.splash),
            row(.kernelCommandLine),
            row(.kernelModulesInclude),
            row(.kernelModulesExclude),
            row(.kernelModules),
            row(.kernelModulesIncludeHost),
            row(.kernelModulesInitrd),
            row(.kernelModulesInitrdInclude),
            row(.kernelModulesInitrdExclude),
            row(.kernelInitrdModules),
            row(.kernelModulesInitrdIncludeHost),
            row(.firmwareInclude),
            row(.firmwareExclude),
            row(.firmwareFiles),
        ]
    )
}

extension Setting where Content == Feature {
    public static var bootable: Self {
        Self("Bootable") {
            Row($0, .feature, "Make the image bootable")
                .option("--bootable", nil, "FEATURE").match(.feature)
        }
    }
}

extension Setting where Content == String {
    public static var bootloader: Self {
        Self("Bootloader") {
            Row($0, .choice([]), "Boot loader for EFI firmware").option("--bootloader").firmware("uefi")
        }
    }

    public static var biosBootloader: Self {
        Self("BiosBootloader") {
            Row($0, .choice([]), "Boot loader for BIOS firmware")
                .option("--bios-bootloader").firmware("bios")
        }
    }

    public static var shimBootloader: Self {
        Self("ShimBootloader") {
            Row($0, .choice(Words.shimBootloader), "Shim that starts the boot loader")
                .option("--shim-bootloader").standard(.text("none"))
        }
    }

    public static var unifiedKernelImages: Self {
        Self("UnifiedKernelImages") {
            Row(
                $0,
                .choice(Words.unifiedKernelImage, yes: "signed", no: "none"),
                "Install kernels as unified kernel images"
            )
            .option("--unified-kernel-images", nil, "FEATURE").standard(.text("auto"))
        }
    }
}

extension Setting where Content == String? {
    public static var unifiedKernelImageFormat: Self {
        Self("UnifiedKernelImageFormat") {
            Row($0, .fileName, "File name of unified kernel images")
                .option("--unified-kernel-image-format")
        }
    }

    public static var splash: Self {
        Self("Splash") {
            Row($0, .path(.init(absolute: true)), "Boot splash for unified kernel images, as a path in the image")
                .option("--splash")
        }
    }
}

extension Setting where Content == [KernelProfile] {
    public static var unifiedKernelImageProfiles: Self {
        Self("UnifiedKernelImageProfiles") {
            Row($0, .list(.kernelProfile), "Profiles to add to each unified kernel image")
                .option("--uki-profile", nil, "PATH").path("mkosi.uki-profiles/*.conf")
        }
    }
}

extension Setting where Content == [String] {
    public static var initrds: Self {
        Self("Initrds") {
            Row($0, .list(.path(["default"])), "Initrds to use; `default` is the one that mkosi builds")
                .option("--initrd", nil, "PATH").standard(.computed(.initrds))
        }
    }

    public static var initrdProfiles: Self {
        Self("InitrdProfiles") {
            Row($0, .texts, "Profiles of the default initrd")
                .option("--initrd-profile", nil, "PROFILE").scope(.initrd).offering(Words.initrdProfiles)
        }
    }

    public static var initrdPackages: Self {
        Self("InitrdPackages") {
            Row($0, .texts, "Additional packages for the default initrd")
                .option("--initrd-package", nil, "PACKAGE").scope(.initrd)
        }
    }

    public static var initrdVolatilePackages: Self {
        Self("InitrdVolatilePackages") {
            Row($0, .texts, "Packages to install in the default initrd that do not invalidate its cache")
                .option("--initrd-volatile-package", nil, "PACKAGE").scope(.initrd)
        }
    }

    public static var devicetrees: Self {
        Self("Devicetrees") {
            Row($0, .texts, "Device trees to include, as patterns")
                .option("--devicetrees").old(["Devicetree"])
        }
    }

    public static var kernelCommandLine: Self {
        Self("KernelCommandLine") {
            Row($0, .words(), "Kernel command line of the image")
                .option("--kernel-command-line", nil, "OPTIONS")
        }
    }

    public static var kernelModulesInclude: Self {
        Self("KernelModulesInclude") {
            Row($0, .expressions, "Keep kernel modules that match these patterns")
                .option("--kernel-modules-include", nil, "REGEX").stored(as: .kernelModules)
        }
    }

    public static var kernelModulesExclude: Self {
        Self("KernelModulesExclude") {
            Row($0, .expressions, "Exclude kernel modules that match these patterns")
                .option("--kernel-modules-exclude", nil, "REGEX")
        }
    }

    public static var kernelModules: Self {
        Self("KernelModules") {
            Row($0, .texts, "Keep kernel modules that match these patterns; a leading `-` excludes them")
                .option("--kernel-modules", nil, "GLOB")
        }
    }

    public static var kernelModulesInitrdInclude: Self {
        Self("KernelModulesInitrdInclude") {
            Row($0, .expressions, "Include kernel modules that match these patterns in the initrd")
                .option("--kernel-modules-initrd-include", nil, "REGEX").stored(as: .kernelInitrdModules)
        }
    }

    public static var kernelModulesInitrdExclude: Self {
        Self("KernelModulesInitrdExclude") {
            Row($0, .expressions, "Exclude kernel modules that match these patterns from the initrd")
                .option("--kernel-modules-initrd-exclude", nil, "REGEX")
        }
    }

    public static var kernelInitrdModules: Self {
        Self("KernelInitrdModules") {
            Row(
                $0,
                .texts,
                "Include kernel modules that match these patterns in the initrd; a leading `-` excludes them"
            )
            .option("--kernel-initrd-modules", nil, "GLOB")
        }
    }

    public static var firmwareInclude: Self {
        Self("FirmwareInclude") {
            Row($0, .expressions, "Keep firmware that matches these patterns")
                .option("--firmware-include", nil, "REGEX").stored(as: .firmwareFiles)
        }
    }

    public static var firmwareExclude: Self {
        Self("FirmwareExclude") {
            Row($0, .expressions, "Exclude firmware that matches these patterns")
                .option("--firmware-exclude", nil, "REGEX")
        }
    }

    public static var firmwareFiles: Self {
        Self("FirmwareFiles") {
            Row($0, .texts, "Keep firmware that matches these patterns; a leading `-` excludes it")
                .option("--firmware-files", nil, "GLOB")
        }
    }
}

extension Setting where Content == Bool {
    public static var microcodeHost: Self {
        Self("MicrocodeHost") {
            Row($0, .boolean, "Include only microcode for the host's processor")
                .option("--microcode-host", nil, "BOOL")
        }
    }

    public static var kernelModulesIncludeHost: Self {
        Self("KernelModulesIncludeHost") {
            Row($0, .boolean, "Keep the kernel modules that are loaded on the host")
                .option("--kernel-modules-include-host", nil, "BOOL")
        }
    }

    public static var kernelModulesInitrd: Self {
        Self("KernelModulesInitrd") {
            Row($0, .boolean, "Put kernel modules into a separate initrd")
                .option("--kernel-modules-initrd", nil, "BOOL").standard(.bool(true))
        }
    }

    public static var kernelModulesInitrdIncludeHost: Self {
        Self("KernelModulesInitrdIncludeHost") {
            Row($0, .boolean, "Include the kernel modules that are loaded on the host in the initrd")
                .option("--kernel-modules-initrd-include-host", nil, "BOOL")
        }
    }
}
