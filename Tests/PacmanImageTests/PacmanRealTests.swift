import Glibc
import PackageSamples
import Support
import System
import TestSupport
import Testing

/// Images of real packages beside what pacman alone makes of them.
@Suite(
    .enabled(
        if: Soak.isEnabled && TestUser.isRoot && PacmanProject.isPossible,
        "make soak runs them, as root on x86-64"
    ),
    .serialized
)
struct PacmanRealTests {
    /// Where an image differs on purpose from a tree of pacman's.
    private static let intended: [String: String] = [
        // What steps after the installation add, each of which a setting switches off.
        "etc/machine-id": "systemd-machine-id-setup: it says that the machine is new",
        "etc/systemd/system": "systemctl preset-all",
        "etc/systemd/user": "systemctl preset-all",
        "etc/udev/hwdb.bin": "systemd-hwdb",
        "usr/lib/udev/hwdb.bin": "systemd-hwdb",
        "etc/.updated": "systemd-sysusers",
        "var/.updated": "systemd-tmpfiles",
        "etc/mtab": "systemd-tmpfiles",
        "root/.ssh": "systemd-tmpfiles",
        "var/cache/private": "systemd-tmpfiles",
        "var/lib/dbus/machine-id": "systemd-tmpfiles",
        "var/lib/private": "systemd-tmpfiles",
        "var/lib/systemd/catalog": "journalctl --update-catalog",
        "var/lib/systemd/coredump": "systemd-tmpfiles",
        "var/lib/systemd/pstore": "systemd-tmpfiles",
        "var/log/README": "systemd-tmpfiles",
        "var/log/btmp": "systemd-tmpfiles",
        "var/log/journal": "systemd-tmpfiles",
        "var/log/lastlog": "systemd-tmpfiles",
        "var/log/private": "systemd-tmpfiles",
        "var/log/wtmp": "systemd-tmpfiles",
        // What every image has.
        "efi": "where partitions of the firmware are mounted",
        "init": "what the kernel starts in an initrd",
        "usr/lib/clock-epoch": "the time before which clocks cannot be",
        // Caches, whose content is in the order of the installation.
        "etc/ld.so.cache": "ldconfig",
        "var/cache/ldconfig": "ldconfig",
        // What pacman leaves behind.
        "var/lib/pacman/sync": "databases of repositories",
        "var/lib/pacman/local": "times, and how packages were checked; the rest is compared below",
    ]

    @Test(
        "The tree is the one that pacman makes, pacman finds nothing changed in it, and its programs run",
        arguments: TestUser.available
    )
    func tree(user: TestUser) throws {
        let real = try RealPacmanRepository.make()
        let project = try PacmanProject(
            user: user,
            mirror: real.mirror,
            installing: RealPacmanRepository.packages,
            configuration: "CleanPackageMetadata=no\n[Output]\nFormat=tar\nCompressOutput=none"
        )
        let result = try project.mkosi(limit: 600)
        #expect(result.succeeded, "\(result)")
        let tree = real.directory("tree-\(user)")
        try Files.makeDirectories(tree)
        defer { TemporaryDirectory.remove(tree) }
        try runChecked([
            "tar", "--extract", "--file", "\(project.project)/image.tar", "--directory", tree, "--numeric-owner",
            "--preserve-permissions", "--xattrs", "--xattrs-include=*",
        ])
        let plain = try RealPacmanRepository.plainTree.get()

        // Without a range of ids, all files are root's.
        let aspects: TreeAspects = user == .ordinary ? [.attributes, .hardLinks] : [.owners, .attributes, .hardLinks]
        let differences = try treeDifference(tree, plain, aspects, ignoring: Set(Self.intended.keys))
        #expect(differences.isEmpty, "\(differences.prefix(40).joined(separator: "\n"))")
        let database = "var/lib/pacman/local"
        let installed = try Files.list("\(tree)/\(database)")
        let plainly = try Files.list("\(plain)/\(database)")
        #expect(installed.count > 90 && installed == plainly)
        for name in installed where name != "ALPM_DB_VERSION" {
            for file in ["files", "mtree"] {
                let path = "\(database)/\(name)/\(file)"
                #expect(try Files.read("\(tree)/\(path)") == Files.read("\(plain)/\(path)"), "\(path)")
            }
        }

        let check = try run(
            ["pacman", "--root", tree, "--dbpath", "\(tree)/var/lib/pacman", "-Qkk"] + (user == .ordinary ? [] : ["-q"])
        )
        if user == .ordinary {
            #expect(check.errorLines.allSatisfy { $0.hasSuffix("ID mismatch)") }, "\(check)")
        } else {
            #expect(check.succeeded && check.output.isEmpty, "\(check)")
        }
        let version = try run(["chroot", tree, "/bin/bash", "-c", "systemctl --version && pacman --version"])
        #expect(
            version.succeeded && version.output.contains("systemd 2") && version.output.contains("libalpm"),
            "\(version)"
        )
    }
}
