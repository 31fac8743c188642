/// The words that settings with a fixed choice accept.
public enum Words {
    static let artifacts = [
        "uki", "kernel", "initrd", "partitions", "tar", "pcrs", "roothash", "os-release", "kernel-modules-initrd",
        "repart-definitions",
    ]
    static let buildSourcesEphemeral = ["yes", "no", "buildcache"]
    static let cacheonly = ["always", "auto", "metadata", "never"]
    static let consoleMode = ["interactive", "read-only", "native", "gui", "headless"]
    static let firmware = ["auto", "linux", "linux-noinitrd", "uefi", "uefi-secure-boot"]
    static let initrdProfiles = ["lvm", "network", "nfs", "pkcs11", "plymouth", "raid"]
    static let incremental = ["yes", "no", "strict"]
    static let manifestFormat = ["json", "changelog"]
    static let moduleLists = ["default", "host"]
    static let network = ["interface", "user", "none"]
    static let qemuDiskType = ["virtio-blk", "virtio-scsi", "nvme", "scsi-cd"]
    static let secureBootSignTool = ["auto", "sbsign", "systemd-sbsign"]
    static let shimBootloader = ["none", "signed", "unsigned"]
    static let ssh = ["always", "auto", "runtime", "never"]
    /// The value of `SplitArtifacts=` where nothing sets it.
    public static let standardArtifacts = ["uki", "kernel", "initrd"]
    static let toolsTreeProfiles = ["devel", "gui", "misc", "package-manager", "runtime"]
    static let unifiedKernelImage = ["none", "auto", "signed", "unsigned"]
    static let verity = ["disabled", "hash", "signed", "defer", "auto"]
    static let vmm = ["qemu", "vmspawn"]
}
