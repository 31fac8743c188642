import DiskKit
import Execution
import Glibc
import Support
import System
import TestSupport
import Testing

/// btrfs, xfs and f2fs: made by programs that know no place in an image, with losses that depend on their version.
@Suite struct WritableFileSystemTests {
    /// A tree with a pipe, a device if root makes it, attributes, several names of a file, and a name with spaces.
    private func project() throws -> DiskProject {
        let project = try DiskProject()
        let script = """
            set -e
            mkdir -m 1777 tree/tmp
            mkdir -m 2755 'tree/a directory'
            echo inside > 'tree/a directory/file'
            ln -s 'a directory' tree/spaced
            echo late > tree/etc/late
            head -c 7000000 /dev/urandom > tree/usr/large
            find tree -exec touch -h -d @1600000000.25 {} +
            touch -d @1900000000 tree/etc/late
            """
        try runChecked(["sh", "-c", script], in: project.directory.path)
        return project
    }

    /// Owner, mode, times of files and links, targets and contents, below a directory.
    private static let list = """
        find . -mindepth 1 ! -path './proc/*' ! -path './lost+found' -printf '%y %m %U:%G %T@ %l %p\\n' | \
            sed -E 's/^d(.*) [0-9]+\\.[0-9]+ /d\\1 /' | sort
        find . -type f ! -path './proc/*' -exec sha256sum {} + | sort
        """

    private func listed(_ directory: String) throws -> [String] {
        try runChecked(["sh", "-c", "LC_ALL=C; export LC_ALL; " + Self.list], in: directory).outputLines
    }

    /// True if this machine can mount a file of the file system, which the tests of what the kernel sees need.
    private static func canMount(_ type: String) -> Bool {
        guard getuid() == 0, (try? Files.readText("/proc/filesystems"))?.contains("\t\(type)\n") == true else {
            return false
        }
        let script = """
            file=$(mktemp) && directory=$(mktemp -d) && truncate -s 512M "$file" && mkfs.\(type) -q "$file" >&2 &&
            unshare --mount mount -t \(type) -o ro,loop "$file" "$directory"
            status=$?
            rm -rf "$file" "$directory"
            exit $status
            """
        return (try? run(["sh", "-c", script]))?.succeeded == true
    }

    private static let canMountBtrfs = canMount("btrfs")
    private static let canMountXFS = canMount("xfs")

    /// What the kernel sees in a partition.
    private func mounted(_ project: DiskProject, _ part: String, _ type: String) throws -> [String] {
        try project.directory.makeDirectory("mounted")
        let script = """
            mount -t \(type) -o ro,loop "$1" "$2"
            cd "$2"
            \(Self.list)
            """
        return try runChecked(
            ["unshare", "--mount", "sh", "-ec", script, "sh", part, project.directory("mounted")],
            environment: plainEnvironment + ["LC_ALL=C"]
        ).outputLines
    }

    @Test func btrfsHasTheTree() throws {
        let project = try project()
        let part = try #require(try project.build(["10-root": "Type=root Format=btrfs CopyFiles=/"]).parts["10-root"])
        let checked = try run(["btrfs", "check", part])
        #expect(checked.succeeded, "\(checked)")
        let label = try runChecked(["blkid", "-p", "-s", "LABEL", "-o", "value", part]).output
        #expect(label == "root-x86-64\n")
        try project.directory.makeDirectory("out")
        try runChecked(["btrfs", "restore", "-m", "-S", "-x", part, project.directory("out")])
        #expect(
            try listed(project.directory("out")).filter { $0.first != "d" && $0.first != "p" }.map(Self.withoutTime)
                == listed(project.directory("tree")).filter { $0.first != "d" && $0.first != "p" }.map(Self.withoutTime)
        )
    }

    @Test("the kernel sees the tree in a btrfs", .enabled(if: canMountBtrfs))
    func mountedBtrfs() throws {
        let project = try project()
        let part = try #require(try project.build(["10-root": "Type=root Format=btrfs CopyFiles=/"]).parts["10-root"])
        // Seconds are all that mkfs.btrfs keeps of times.
        let expected = try listed(project.directory("tree")).map {
            $0.replacing(".2500000000", with: ".0000000000")
        }
        let differences = try Set(mounted(project, part, "btrfs")).symmetricDifference(expected)
        #expect(differences.isEmpty, "\(differences)")
    }

    private static func withoutTime(_ line: String) -> String {
        line.split(separator: " ").filter { !$0.contains(".") || $0.contains("/") }.joined(separator: " ")
    }

    @Test func btrfsIsShrunkToWhatItHas() throws {
        let project = try project()
        let text = "Type=root Format=btrfs CopyFiles=/ Minimize=guess"
        let (small, _, parts) = try project.build(["10-root": text])
        #expect(small.layout.partitions.map(\.size) == [256 << 20])
        #expect(try run(["btrfs", "check", try #require(parts["10-root"])]).succeeded)
        // Three times what fits into the smallest one.
        try runChecked(
            ["sh", "-c", "head -c 300000000 /dev/zero | tr '\\0' x > tree/usr/larger"],
            in: project.directory.path
        )
        let (large, _, others) = try project.build(["10-root": text])
        let size = try #require(large.layout.partitions.first?.size)
        #expect((370 << 20...700 << 20).contains(size), "\(size)")
        #expect(try run(["btrfs", "check", try #require(others["10-root"])]).succeeded)
        let tight = try project.builder(["10-root": "Type=root Format=btrfs CopyFiles=/ SizeMaxBytes=280M"])
        let error = #expect(throws: DiskError.self) { try tight.build(tight.survey()) }
        #expect(error?.message.contains("more than SizeMaxBytes= allows") == true, "\(error?.message ?? "")")
    }

    @Test func subvolumesNeedAProgramThatMakesThem() throws {
        let project = try project()
        let text = "Type=root Format=btrfs CopyFiles=/ Subvolumes=/home /usr:ro DefaultSubvolume=/home"
        let builder = try project.builder(["10-root": text.replacing("/home /usr", with: "/home Subvolumes=/usr")])
        guard try run(["mkfs.btrfs", "--help"]).output.contains("--subvol") else {
            let error = #expect(throws: DiskError.self) { try builder.survey() }
            #expect(error?.message.contains("needs mkfs.btrfs of version 6.12 or later") == true)
            #expect(!Files.exists(builder.image))
            return
        }
        let (_, _, parts) = try project.build(["10-root": text.replacing("/home /usr", with: "/home Subvolumes=/usr")])
        let dump = try runChecked([
            "btrfs", "inspect-internal", "dump-tree", "-t", "root", try #require(parts["10-root"]),
        ])
        #expect(dump.output.contains("name home") && dump.output.contains("RDONLY"), "\(dump)")
    }

    @Test func xfsHasTheTree() throws {
        let project = try project()
        let definitions = ["10-root": "Type=root Format=xfs CopyFiles=/"]
        let (_, image, parts) = try project.build(definitions)
        let part = try #require(parts["10-root"])
        let checked = try run(["xfs_repair", "-n", "-f", part])
        #expect(checked.succeeded, "\(checked)")
        let times = try runChecked([
            "xfs_db", "-f", "-r", "-c", "path /tmp", "-c", "print core.mode core.mtime.sec", part,
        ])
        #expect(times.output.contains("core.mode = 041777"), "\(times)")
        #expect(times.output.contains("Sep 13 12:26:40 2020"), "\(times)")
        let warnings = project.warnings.withLock { $0 }
        #expect(
            warnings.contains { $0.contains("xfs is made without these:") && $0.contains("hard links") },
            "\(warnings)"
        )
        #expect(
            warnings.contains { $0.contains("left out, as mkfs.xfs takes no names with white space") },
            "\(warnings)"
        )
        // Another copy has other inodes, other times of change, and another order of names.
        let script =
            "mv tree old; mkdir tree; (cd old; tar cf - --format=posix $(ls -r | grep -v ' ')) | tar xpf - -C tree; cp -a old/a\\ * tree; touch -d @1600000000.25 tree"
        try runChecked(["sh", "-c", script], in: project.directory.path)
        #expect(try project.digest(project.build(definitions).image) == project.digest(image))
    }

    @Test("the kernel sees the tree in an xfs", .enabled(if: canMountXFS))
    func mountedXFS() throws {
        let project = try project()
        let part = try #require(try project.build(["10-root": "Type=root Format=xfs CopyFiles=/"]).parts["10-root"])
        // Names with white space are left out.
        let expected = try listed(project.directory("tree")).filter {
            !$0.contains("a directory") && !$0.contains("a file") && !$0.contains(" ./proc")
        }
        let found = try mounted(project, part, "xfs").filter { !$0.contains(" ./proc") }
        #expect(found.filter { !$0.contains("/late") } == expected.filter { !$0.contains("/late") })
        #expect(found.contains { $0.contains("/etc/late") && $0.contains(" 1700000000.0000000000 ") }, "\(found)")
    }

    @Test func f2fsHasTheTree() throws {
        let project = try project()
        let definitions = ["10-root": "Type=root Format=f2fs CopyFiles=/"]
        let (_, image, parts) = try project.build(definitions)
        let part = try #require(parts["10-root"])
        let checked = try run(["fsck.f2fs", "--dry-run", part])
        #expect(checked.succeeded, "\(checked)")
        // The pipe is left out; all else, and the root, are there.
        let files = try runChecked(
            ["sh", "-c", "find tree ! -path 'tree/proc/*' ! -type p | xargs -d '\\n' stat -c %i | sort -u | wc -l"],
            in: project.directory.path
        )
        let count = try #require(Int(files.output.filter(\.isNumber)))
        #expect(checked.output.contains("[0x\(String(count, radix: 16))]"), "\(count) \(checked)")
        #expect(
            project.warnings.withLock { $0 }.contains { $0.contains("f2fs is made without these: devices and pipes") }
        )
        #expect(try project.digest(project.build(definitions).image) == project.digest(image))
    }

    @Test(arguments: ["btrfs", "xfs", "f2fs"])
    func anEmptyOneAndAnEncryptedOneAreMade(_ format: String) throws {
        let project = try DiskProject()
        project.passphrase = Array("secret".utf8)
        let check = [
            "btrfs": ["btrfs", "check"], "xfs": ["xfs_repair", "-n", "-f"], "f2fs": ["fsck.f2fs", "--dry-run"],
        ]
        let (disk, _, parts) = try project.build([
            "10-home": "Type=home Format=\(format)",
            "20-srv": "Type=srv Format=\(format) CopyFiles=/etc:/ Encrypt=key-file",
        ])
        let checked = try run(try #require(check[format]) + [try #require(parts["10-home"])])
        #expect(checked.succeeded, "\(checked)")
        #expect(disk.layout.partitions[1].size >= disk.layout.partitions[0].size + 32 << 20)
        let identifier = try DerivedIdentifiers.fileSystem(in: disk.layout.partitions[0].identifier)
        let found = try runChecked(["blkid", "-p", "-s", "UUID", "-o", "value", try #require(parts["10-home"])]).output
        #expect(found == "\(identifier)\n")
    }
}
