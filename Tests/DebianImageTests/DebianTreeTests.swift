import Execution
import Support
import System
import TestSupport
import Testing

@Suite(.needsDebian, .needsRoot, .serialized)
struct DebianTreeTests {
    /// Where a tree of ours and one of mmdebstrap's differ by intention; Documentation/differences.md gives the reasons.
    static let intended: Set<String> = [
        // mmdebstrap's own: a list of sources, the host's names, traces of apt, logs.
        "etc/apt/sources.list", "etc/hostname", "etc/resolv.conf", "etc/fstab", "etc/.pwd.lock", "var/log/dpkg.log",
        "var/log/alternatives.log", "var/cache/apt/archives", "var/lib/apt/lists", "var/lib/apt/extended_states",
        "var/lib/dpkg/status-old", "var/lib/dpkg/diversions-old", "var/cache/debconf/config.dat-old",
        "var/cache/debconf/templates.dat-old", "var/cache/ldconfig/aux-cache",
        // What systemd looks for, and the repositories of the release.
        "efi", "init", "usr/lib/clock-epoch", "etc/apt/sources.list.d/\(DebianProject.release).sources",
        // Ours has no identity.
        "etc/machine-id", "var/lib/dbus/machine-id",
        // The same lines, in the order in which packages that do not depend on each other were configured.
        "etc/shadow", "etc/gshadow", "etc/shadow-", "etc/gshadow-",
        // Mounted over while packages are configured, and empty otherwise.
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

        let other = debian.directory("other")
        let include = try debian.installedPackages().joined(separator: ",")
        let reference = try run(
            [
                "mmdebstrap", "--mode=root", "--variant=custom", "--skip=cleanup/reproducible",
                "--hook-dir=/usr/share/mmdebstrap/hooks/merged-usr", "--include=\(include)", DebianProject.release,
                other,
            ],
            environment: plainEnvironment + ["SOURCE_DATE_EPOCH=1700000000"],
            limit: 600
        )
        #expect(reference.succeeded, "\(reference)")
        // What mkosi does besides installing packages, done to the reference with the image's own programs.
        for arguments in [["preset-all"], ["--global", "preset-all"]] {
            _ = try runChecked(["env", "SYSTEMD_OFFLINE=1", "chroot", other, "systemctl"] + arguments)
        }
        let differences = try treeDifference(
            tree,
            other,
            [.ownerNames, .attributes, .hardLinks],
            ignoring: Self.intended
        )
        #expect(differences.isEmpty, "\(differences.joined(separator: "\n"))")
        for file in ["shadow", "gshadow"] {
            let lines = try [tree, other].map {
                try Files.readText("\($0)/etc/\(file)").split(separator: "\n").sorted()
            }
            #expect(lines[0] == lines[1])
        }
        let status = try ["\(tree)/var/lib/dpkg/status", "\(other)/var/lib/dpkg/status"].map(Files.readText)
        #expect(status[0] == status[1])
    }
}
