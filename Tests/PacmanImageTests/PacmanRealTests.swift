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
        // Of the steps after the installation.
        "etc/machine-id": "each machine gets its own, and the image says so",
        "etc/systemd/system": "presets",
        "etc/systemd/user": "presets",
        "usr/lib/udev/hwdb.bin": "the index of the hardware database",
        "etc/udev/hwdb.bin": "the index of the hardware database",
        "etc/.updated": "systemd-sysusers",
        "var/.updated": "systemd-sysusers",
        "etc/ld.so.cache": "a cache that depends on the order of installation",
        "var/cache/ldconfig": "a cache of ldconfig",
        // What pacman leaves behind.
        "var/lib/pacman/sync": "databases of repositories",
        "var/lib/pacman/local": "times and the ways of checking differ: compared below",
        "var/log/journal": "systemd-tmpfiles",
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
        let plain = real.directory("plain-\(user)")
        defer { TemporaryDirectory.remove(plain) }
        try real.installPlainly(["filesystem"] + RealPacmanRepository.packages, into: plain)

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

        let check = try run(["pacman", "--root", tree, "--dbpath", "\(tree)/var/lib/pacman", "-Qkkq"])
        let complaints = check.outputLines.filter { user != .ordinary || !$0.contains("ID mismatch") }
        #expect(complaints.isEmpty, "\(check)")
        let version = try run(["chroot", tree, "/bin/bash", "-c", "systemctl --version && pacman --version"])
        #expect(
            version.succeeded && version.output.contains("systemd 2") && version.output.contains("libalpm"),
            "\(version)"
        )
    }
}
