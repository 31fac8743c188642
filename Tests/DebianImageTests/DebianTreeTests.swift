import Execution
import Support
import TestSupport
import Testing

@Suite(.enabled(if: DebianProject.isPossible && TestUser.isRoot), .serialized)
struct DebianTreeTests {
    /// Where a tree of ours and one of mmdebstrap's differ by intention or by chance; README.md gives the reasons.
    static let intended: Set<String> = [
        // Made by mmdebstrap, not by a package: its own list of sources, and the host's names.
        "etc/apt/sources.list", "etc/hostname", "etc/hosts", "etc/resolv.conf", "etc/fstab",
        // Ours has no identity and no traces of its making.
        "etc/machine-id", "var/lib/dbus/machine-id", "var/log", "var/cache/ldconfig/aux-cache", "var/lib/apt",
        "var/cache/apt", "var/lib/dpkg/lock", "var/lib/dpkg/lock-frontend", "var/lib/dpkg/triggers/Lock",
        "var/lib/dpkg/status-old", "var/lib/dpkg/diversions-old", "var/lib/dpkg/statoverride-old",
        "var/lib/dpkg/available", "var/lib/dpkg/cmethopt", "var/cache/debconf", "var/lib/dpkg/arch",
        // Packages that do not depend on each other are configured in another order: numbers and lines trade places.
        "etc/passwd", "etc/group", "etc/shadow", "etc/gshadow", "etc/passwd-", "etc/group-", "etc/shadow-",
        "etc/gshadow-", "etc/subuid", "etc/subgid", "etc/subuid-", "etc/subgid-", "etc/shells",
        "var/lib/dpkg/triggers/File",
        // mmdebstrap loses this hard link, the package has it.
        "usr/bin/gunzip", "usr/bin/uncompress",
        // Empty in both: what is mounted over while packages are configured.
        "dev", "proc", "sys", "run", "tmp",
    ]

    @Test("A tree is the one that mmdebstrap makes of the same packages, and works")
    func sameTree() throws {
        let debian = try DebianProject(format: "directory")
        let result = try debian.mkosi()
        #expect(result.succeeded, "\(result)")
        let tree = "\(debian.project)/image"

        let audit = try run(["dpkg", "--root=\(tree)", "--audit"])
        #expect(audit.succeeded && audit.output.isEmpty, "\(audit)")
        for command in [["apt-get", "--version"], ["perl", "-e", "1"], ["systemctl", "--version"]] {
            let inside = try run(["chroot", tree] + command)
            #expect(inside.succeeded, "\(inside)")
        }

        let other = debian.folder("other")
        let include = try debian.installedPackages().joined(separator: ",")
        let reference = try run(
            [
                "mmdebstrap", "--mode=root", "--variant=custom", "--skip=cleanup/reproducible",
                "--include=\(include)", DebianProject.release, other,
            ],
            environment: plainEnvironment + ["SOURCE_DATE_EPOCH=1700000000"],
            limit: 600
        )
        #expect(reference.succeeded, "\(reference)")
        let differences = try treeDifference(
            tree,
            other,
            [.ownerNames, .attributes, .hardLinks],
            ignoring: Self.intended
        )
        #expect(differences.isEmpty, "\(differences.joined(separator: "\n"))")
        let status = try ["\(tree)/var/lib/dpkg/status", "\(other)/var/lib/dpkg/status"].map(Files.readText)
        #expect(status[0] == status[1])
    }
}
