import PackageSamples

/// The shape of a tree that all packages share: directories of the root, and links for what is below `/usr`.
enum BaseFilesystem {
    /// Names at the root that are links into `/usr`.
    private static let merged = ["bin", "lib", "lib32", "lib64", "libx32", "sbin"]

    /// Directories with other permissions than most.
    private static let directories: [(path: String, mode: UInt16)] = [
        ("/boot", 0o755), ("/dev", 0o755), ("/etc", 0o755), ("/home", 0o755), ("/media", 0o755), ("/mnt", 0o755),
        ("/opt", 0o755), ("/proc", 0o555), ("/root", 0o700), ("/run", 0o755), ("/srv", 0o755), ("/sys", 0o555),
        ("/tmp", 0o1777), ("/usr", 0o755), ("/usr/bin", 0o755), ("/usr/lib", 0o755), ("/usr/lib64", 0o755),
        ("/usr/sbin", 0o755), ("/usr/share", 0o755), ("/var", 0o755), ("/var/cache", 0o755), ("/var/lib", 0o755),
        ("/var/log", 0o755), ("/var/tmp", 0o1777),
    ]

    private static let links = [
        ("/bin", "usr/bin"), ("/lib", "usr/lib"), ("/lib64", "usr/lib64"), ("/sbin", "usr/sbin"),
        ("/var/lock", "/run/lock"),
        ("/var/run", "/run"),
    ]

    /// Paths of the directories and links.
    static let paths = Set(directories.map(\.path) + links.map(\.0))

    /// The packages that all others need: `setup`, by whose users and groups rpm gives the files of others their owners,
    /// and `filesystem`.
    static func packages(_ accounts: Accounts) -> [SamplePackage] {
        var setup = SamplePackage("setup")
        setup.isEssential = true
        setup.files = accounts.names
        var package = SamplePackage("filesystem")
        package.isEssential = true
        var first: SampleRelation = "setup"
        first.isForScripts = true
        package.requires = [first]
        package.provides = (furtherNames["filesystem"] ?? []).map { SampleRelation($0) }
        package.files =
            directories.map { .directory($0.path, mode: $0.mode) } + links.map { .symbolicLink($0.0, to: $0.1) }
            + accounts.passwords
        return [setup, package]
    }

    /// Where a file of Debian is: below `/usr`, as everywhere, and kernels with their modules.
    static func path(_ path: String) -> String {
        let parts = path.split(separator: "/", maxSplits: 1)
        guard let first = parts.first else { return path }
        if merged.contains(String(first)), parts.count == 2 { return "/usr\(path)" }
        for (prefix, name) in [
            ("/boot/vmlinuz-", "vmlinuz"), ("/boot/config-", "config"), ("/boot/System.map-", "System.map"),
        ]
        where path.hasPrefix(prefix) {
            return "/usr/lib/modules/\(path.dropFirst(prefix.count))/\(name)"
        }
        return path
    }

    /// What the distributions' packages need, and those of Debian do not: without kmod(8) a kernel cannot load the module of a
    /// file system that is to be mounted.
    static let furtherNeeds = ["udev": ["kmod"]]

    /// Names that plugins, their resources and file dependencies have for packages of Debian.
    static let furtherNames = [
        "bash": ["/bin/bash", "/usr/bin/bash"],
        "btrfs-progs": ["btrfsprogs"],
        "dash": ["/bin/sh"],
        "filesystem": ["alpine-baselayout", "alpine-release", "base", "basesystem", "patterns-base-minimal_base"],
        "iproute2": ["iproute"],
        "iputils-ping": ["iputils"],
        "libblkid1": ["util-linux-libs"],
        "libc6": ["glibc"],
        "libcryptsetup12": ["cryptsetup-libs"],
        "libfdisk1": ["libfdisk"],
        "libfido2-1": ["libfido2"],
        "libseccomp2": ["libseccomp"],
        "libtss2-esys-3.0.2-0": ["libtss2-esys0", "tpm2-tss"],
        "linux-image-cloud-amd64": ["linux"],
        "pacman-package-manager": ["pacman"],
        "procps": ["procps-ng"],
        "util-linux": ["util-linux-core"],
        "xz-utils": ["xz"],
    ]
}
