/// The settings of old generations that today's table does not know, or knows with another meaning.
///
/// Names are written without case and dashes, so that the row of a setting is that of its option too.
enum LegacyTable {
    /// Settings whose meaning differs only in the files of the first generations.
    static let first: [String: LegacyAction] = [
        "distribution": .special(.distribution),
        "release": .special(.release),
        "architecture": .special(.architecture),
        "repositories": .special(.repositories),
        "format": .special(.format),
        "output": .special(.output),
        "verity": .special(.verity),
        "cachedirectory": .special(.cacheDirectory),
        "cachedir": .special(.cacheDirectory),
        "withnetwork": .special(.withNetwork),
        "extrasearchpaths": .special(.searchPaths),
        "extrasearchpath": .special(.searchPaths),
        "splitartifacts": .special(.splitArtifacts),
        "sshkey": .gone("keys for SSH come from mkosi genkey today", takesArgument: true),
    ]

    /// Settings that have no row of their own any more, in files of all generations.
    static let all: [String: LegacyAction] = output.merging(content) { $1 }.merging(runtime) { $1 }

    private static let output: [String: LegacyAction] = [
        "force": .gone("outputs are replaced when -f or --force is given"),
        "autobump": .gone("the version is raised when -B or --auto-bump is given"),
        "xz": .special(.xz),
        "compress": .special(.compress),
        "bootprotocols": .special(.bootProtocols),
        "encrypt": .special(.encrypt),
        "outputsplitroot": .gone("the name comes from SplitName= of the partition definition", takesArgument: true),
        "outputsplitverity": .gone("the name comes from SplitName= of the partition definition", takesArgument: true),
        "outputsplitverify": .gone("the name comes from SplitName= of the partition definition", takesArgument: true),
        "outputsplitkernel": .gone("the kernel image is written alongside the output without it", takesArgument: true),
        "withunifiedkernelimages": .special(.unifiedKernelImages),
        "withoutunifiedkernelimages": .special(.withoutKernelImages),
        "versionnumber": .renamed(settingName(.imageVersion)),
        "image": .renamed(settingName(.imageID)),
        "hostonly": .gone(
            "the default initrd supports all hardware; KernelInitrdModules=host adds modules of the host"
        ),
        "hostonlyinitrd": .gone(
            "the default initrd supports all hardware; KernelInitrdModules=host adds modules of the host"
        ),
        "cacheinitrd": .gone("Initrds= accepts an existing initrd"),
        "nochown": .gone("outputs belong to the user who runs mkosi"),
        "idmap": .gone("builds map users automatically"),
        "tarstripselinuxcontext": .gone("labels can be omitted when the archive is extracted"),
        "securebootcommonname": .gone("use --genkey-common-name when keys are generated", takesArgument: true),
        "securebootvaliddays": .gone("use --genkey-valid-days when keys are generated", takesArgument: true),
        "baseimage": .special(.baseImage),
    ]

    private static let content: [String: LegacyAction] = [
        "usehostrepositories": .special(.hostRepositories),
        "repositorydirectory": .special(.repositoryDirectory),
        "repositorydirectories": .special(.repositoryDirectory),
        "cache": .special(.cache),
        "cleanpackagemanagermetadata": .renamed(settingName(.cleanPackageMetadata)),
        "buildenvironment": .renamed(settingName(.environment)),
        "password": .special(.password),
        "passwordishashed": .special(.isHashed),
        "withouttests": .special(.withoutTests),
        "skipfinalphase": .gone("there is only one phase; Format=none only runs the scripts"),
        "sourcefiletransfer": .gone("scripts see the build sources themselves, not a copy", takesArgument: true),
        "sourcefiletransferfinal": .gone(
            "sources are not copied into the image; ExtraTrees= or a finalize script can do it",
            takesArgument: true
        ),
        "sourceresolvesymlinks": .gone("scripts see the build sources themselves, not a copy"),
        "sourceresolvesymlinksfinal": .gone("scripts see the build sources themselves, not a copy"),
        "gitfiles": .special(.gitFiles),
        "installdirectory": .gone("$DESTDIR is empty at the start of every build", takesArgument: true),
        "installdir": .gone("$DESTDIR is empty at the start of every build", takesArgument: true),
        "includedirectory": .gone("headers can be read out of the cache of Incremental=yes", takesArgument: true),
        "includedir": .gone("headers can be read out of the cache of Incremental=yes", takesArgument: true),
        "initrdinclude": .gone(
            "an image in mkosi.images with Include=mkosi-initrd can be used with Initrds=",
            takesArgument: true
        ),
        "presets": .renamed(settingName(.dependencies)),
        "preset": .renamed(settingName(.dependencies)),
        "images": .renamed(settingName(.dependencies)),
    ]

    private static let runtime: [String: LegacyAction] = [
        "qemuheadless": .special(.headless),
        "qemugui": .special(.graphical),
        "qemuboot": .gone("Firmware= says how a virtual machine starts", takesArgument: true),
        "qemucdrom": .special(.compactDisc),
        "cdrom": .special(.compactDisc),
        "netdev": .special(.network),
        "networkveth": .special(.network),
        "nspawnkeepunit": .gone("containers get their own scope if possible"),
        "sshagent": .gone("mkosi ssh uses the key of SshKey=", takesArgument: true),
        "sshport": .gone("SSH goes over a virtual socket", takesArgument: true),
        "sshtimeout": .gone("SSH goes over a virtual socket", takesArgument: true),
        "runtimescratch": .gone("RuntimeSize= grows the image before a run"),
        "runtimehome": .renamed(settingName(.bindUser)),
        "unitproperties": .gone("units have no additional properties", takesArgument: true),
    ]

    /// The new names of the sections.
    static let sections: [String: String] = [
        "Packages": Section.content.rawValue,
        "Partitions": Section.output.rawValue,
        "Host": Section.runtime.rawValue,
        "Preset": Section.config.rawValue,
    ]

    /// The names of the settings without a row of their own, for suggestions.
    static let names = [
        "BaseImage", "BootProtocols", "BuildEnvironment", "Cache", "CleanPackageManagerMetadata", "Compress",
        "GitFiles",
        "Hostonly", "HostonlyInitrd", "IncludeDirectory", "InstallDirectory", "Netdev", "NetworkVeth", "Password",
        "PasswordIsHashed", "Presets", "QemuBoot", "QemuCdrom", "QemuHeadless", "RepositoryDirectory", "RuntimeScratch",
        "SkipFinalPhase", "SourceFileTransfer", "SourceFileTransferFinal", "SshAgent", "SshPort", "SshTimeout",
        "UseHostRepositories", "WithUnifiedKernelImages", "XZ",
    ]

    /// Files and directories that set values by existing, and their replacements.
    static let files: [(name: String, setting: String)] = [
        ("mkosi.secure-boot.key", settingName(.secureBootKey)),
        ("mkosi.secure-boot.crt", settingName(.secureBootCertificate)),
        ("mkosi.secureboot.key", settingName(.secureBootKey)),
        ("mkosi.secureboot.crt", settingName(.secureBootCertificate)),
        ("mkosi.cache", settingName(.packageCacheDirectory)),
        ("mkosi.workspace", settingName(.workspaceDirectory)),
        ("mkosi.reposdir", "RepositoryDirectory"),
        ("mkosi.reposd", "RepositoryDirectory"),
        ("mkosi.mksquashfs-tool", settingName(.mksquashfs)),
    ]

    /// Directories that have no meaning any more.
    static let goneFiles: [(name: String, reason: String)] = [
        ("mkosi.installdir", "$DESTDIR is empty at the start of every build"),
        ("mkosi.includedir", "headers can be read out of the cache of Incremental=yes"),
    ]
}
