import Glibc
public import PackageSamples
import Support
import System
import TestSupport

/// Real packages of Debian as packages of other distributions, for images of real size from repositories of the test's own.
///
///     let packages = try ConvertedPackages.load(ConvertedPackages.system + ["rpm", "dnf"], for: .rpm)
///     try RPMRepository.write(packages, to: directory("repository"), keys: keys)
///
/// Every path is below `/usr` where the distributions have it there; the packages `setup` and `filesystem`, which all
/// others need, have users and groups, the links and the directories of the root. What maintainer scripts do with dpkg and debconf is in the packages themselves:
/// links of alternatives, users and groups, set-user-ID helpers. Files are as they are in Debian otherwise.
public enum ConvertedPackages {
    /// The format whose rules for names and versions the packages follow.
    public enum Target: Sendable {
        case rpm
        case pacman
        case apk
    }

    /// True if this machine can download packages of Debian, and run their programs.
    public static let isPossible = DebianDownload.isPossible

    /// A small system with systemd, and a shell to use it with: over 90 packages with all that they need.
    public static let system = [
        "base-files", "base-passwd", "bash", "coreutils", "dash", "dbus", "debianutils", "diffutils", "findutils",
        "gawk",
        "grep", "gzip", "hostname", "iproute2", "iputils-ping", "kmod", "less", "libc-bin", "libpam-systemd", "login",
        "mount", "ncurses-base", "passwd", "procps", "sed", "systemd", "systemd-sysv", "tar", "udev", "util-linux",
    ]

    /// What a disk that boots needs besides, with what the default initrds of all families name.
    public static let boot = [
        "btrfs-progs", "dosfstools", "e2fsprogs", "libcryptsetup12", "libfdisk1", "libfido2-1", "libseccomp2",
        "libtss2-esys-3.0.2-0", "libtss2-mu0", "libtss2-rc0", "libtss2-tcti-device0", "linux-image-cloud-amd64",
        "systemd-boot-efi", "xfsprogs", "xz-utils",
    ]

    /// Downloads packages with all that they need, and converts them.
    ///
    /// - Parameters:
    ///   - roots: Names of Debian's packages.
    ///   - target: The format that they are for.
    /// - Returns: The packages in the order of their names, after `setup` and `filesystem`.
    /// - Throws: What keeps apt-get(8) from downloading, or the package that cannot be converted.
    public static func load(_ roots: [String] = system, for target: Target) throws -> [SamplePackage] {
        let files = try DebianDownload.files(roots + ["base-files", "base-passwd", "dash"])
        return try PackageConversion(files.map { try DebianPackage(path: $0) }, for: target).packages()
    }

    /// A few of them, converted in a second or two, for tests that are run always.
    public static let sample = ["bash", "coreutils", "grep", "gzip", "iputils-ping", "libc-bin", "sed"]
}
