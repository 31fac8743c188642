import DiskKit
import Support
import System
import TestSupport
import Testing

@Suite struct FileSystemTests {
    private static let all = [
        "00-esp": "Type=esp CopyFiles=/efi:/ CopyFiles=/boot:/ SizeMinBytes=40M SizeMaxBytes=40M",
        "10-root": "Type=root Format=ext4 CopyFiles=/ Minimize=guess",
        "20-home": "Type=home Format=erofs CopyFiles=/home:/ Minimize=best",
        "30-usr":
            "Type=usr Format=squashfs CopyFiles=/usr/:/ ExcludeFiles=/usr/sparse MakeDirectories=/made/here Minimize=best",
        "40-swap": "Type=swap Format=swap SizeMinBytes=4M SizeMaxBytes=4M",
        "50-srv": "Type=srv Format=ext4 CopyFiles=/etc:/copy MakeSymlinks=/link:target",
    ]

    @Test func otherProgramsAcceptAllOfThem() throws {
        let project = try DiskProject()
        let (_, image, parts) = try project.build(Self.all)
        #expect(try runChecked(["sgdisk", "-v", image]).output.contains("No problems found"))
        try runChecked(["sfdisk", "--verify", image])
        for (name, command) in [
            ("00-esp", ["fsck.vfat", "-n"]), ("10-root", ["e2fsck", "-fn"]), ("20-home", ["fsck.erofs"]),
            ("30-usr", ["unsquashfs", "-s"]), ("50-srv", ["e2fsck", "-fn"]),
        ] {
            let result = try run(command + [try #require(parts[name])])
            #expect(result.succeeded, "\(result)")
        }
        let swap = try runChecked(["blkid", "-p", "-o", "export", try #require(parts["40-swap"])]).output
        #expect(swap.contains("TYPE=swap") && swap.contains("LABEL=swap"))
    }

    @Test func theSameTreeGivesTheSameBytes() throws {
        let project = try DiskProject()
        let first = try project.build(Self.all).image
        // Another copy has other times of change, other inodes and another order of names.
        let script =
            "mv tree old; mkdir tree; (cd old; tar cf - $(ls -r)) | tar xpf - -C tree; touch -d @1600000000 tree"
        try runChecked(["sh", "-c", script], in: project.directory.path)
        let second = try project.build(Self.all).image
        #expect(try project.digest(first) == project.digest(second))
    }

    @Test("what is put below a link of the tree is where the link leads")
    func targetsBelowLinks() throws {
        let project = try DiskProject()
        try runChecked(
            ["sh", "-c", "mkdir -p tree/usr/lib && ln -s usr/lib tree/lib && ln -s /usr/loop tree/usr/loop"],
            in: project.directory.path
        )
        let copies = "CopyFiles=/ CopyFiles=/usr/plain:/lib/security/plain CopyFiles=/etc:/lib/copy"
        let made = "MakeDirectories=/lib/made/here MakeSymlinks=/lib/other:plain"
        let text = "Type=root Format=ext4 \(copies) \(made) Minimize=guess"
        let part = try #require(try project.build(["10-root": text]).parts["10-root"])
        for path in ["security/plain", "copy/hostname", "made/here", "other"] {
            let status = try runChecked(["debugfs", "-R", "stat /usr/lib/\(path)", part]).output
            #expect(status.contains("Inode:"), "\(path): \(status)")
        }
        let loop = try project.builder(["10-root": "Type=root Format=ext4 CopyFiles=/ MakeDirectories=/usr/loop/x"])
        #expect(throws: DiskError.self) { try loop.build(loop.survey()) }
    }

    @Test func extendedFileSystemHasTheTree() throws {
        let project = try DiskProject()
        let part = try #require(try project.build(["10-root": Self.all["10-root"] ?? ""]).parts["10-root"])
        let script = """
            set -e
            mkdir out
            debugfs -R 'rdump / out' '\(part)' 2>/dev/null
            rmdir out/lost+found
            rm tree/proc/hidden
            (cd tree; find . -type f -exec sha256sum {} + | sort) > expected
            (cd out; find . -type f -exec sha256sum {} + | sort) > found
            cmp expected found
            test "$(readlink tree/usr/bin/farther)" = "$(readlink out/usr/bin/farther)"
            """
        let result = try run(["sh", "-c", script], in: project.directory.path)
        #expect(result.succeeded, "\(result)")
        let status = try runChecked(["debugfs", "-R", "stat /usr/bin/again", part]).output
        #expect(status.contains("Links: 2") && status.contains("Mode:  04755"), "\(status)")
        // All four times are those of the content.
        #expect(status.matches(of: /time: 0x5f5e1000:00000000/).count == 4, "\(status)")
    }

    @Test func whatOtherPartitionsAreMountedOverIsLeftOut() throws {
        let project = try DiskProject()
        try project.directory.write("hidden", to: "tree/var/tmp/hidden")
        let parts = try project.build(Self.all).parts
        let part = try #require(parts["10-root"])
        let listed = try runChecked(["unsquashfs", "-l", "-d", "", try #require(parts["30-usr"])]).outputLines
        #expect(listed.contains("/plain") && listed.contains("/made/here") && !listed.contains("/sparse"), "\(listed)")
        for directory in ["/efi", "/boot", "/proc", "/home", "/usr", "/var/tmp"] {
            let list = try runChecked(["debugfs", "-R", "ls -p \(directory)", part]).outputLines
            #expect(list.filter { !$0.contains("/./") && !$0.contains("/../") }.isEmpty, "\(directory): \(list)")
        }
        #expect(try runChecked(["debugfs", "-R", "ls -p /etc", part]).output.contains("/hostname/"))
    }

    @Test func fatHasNamesAndContents() throws {
        let project = try DiskProject()
        try project.directory.write("ä", to: "tree/boot/Größe und Länge.txt")
        try project.directory.write("1", to: "tree/boot/LONGNAME1.TXT")
        try project.directory.write("2", to: "tree/boot/LONGNAME2.TXT")
        for (size, kind) in [("2M", "FAT12"), ("12M", "FAT16"), ("40M", "FAT32"), ("300M", "FAT32")] {
            let text = "Type=esp CopyFiles=/boot:/ CopyFiles=/home:/h SizeMinBytes=\(size) SizeMaxBytes=\(size)"
            let part = try #require(try project.build(["00-esp": text]).parts["00-esp"])
            let result = try run(["fsck.vfat", "-n", "-v", part])
            #expect(result.succeeded, "\(result)")
            let type = try runChecked(["blkid", "-p", "-s", "VERSION", "-o", "value", part]).output
            #expect(type == "\(kind)\n")
            let script = """
                set -e
                rm -rf out
                mkdir out
                mcopy -s -n -i '\(part)' ::/ out
                cmp 'tree/boot/Größe und Länge.txt' 'out/Größe und Länge.txt'
                cmp tree/boot/LONGNAME1.TXT out/LONGNAME1.TXT
                cmp tree/boot/LONGNAME2.TXT out/LONGNAME2.TXT
                diff -r tree/home out/h
                """
            let copied = try run(["sh", "-c", script], in: project.directory.path)
            #expect(copied.succeeded, "\(size): \(copied)")
        }
    }

    @Test("nothing of an earlier source shows through the holes of a later one")
    func fatHasTheLaterFile() throws {
        let project = try DiskProject()
        try runChecked(
            ["sh", "-c", "cp tree/usr/plain tree/boot/same && truncate -s 200001 tree/efi/same"],
            in: project.directory.path
        )
        let text = "Type=esp CopyFiles=/boot:/ CopyFiles=/efi:/ SizeMinBytes=40M SizeMaxBytes=40M"
        let part = try #require(try project.build(["00-esp": text]).parts["00-esp"])
        let script = "mkdir out && mcopy -s -n -i '\(part)' ::/ out && cmp tree/efi/same out/same"
        let copied = try run(["sh", "-c", script], in: project.directory.path)
        #expect(copied.succeeded, "\(copied)")
    }

    /// The lines are those of systemd-repart 257 for the same definitions.
    @Test func mountPointsAreInTheTables() throws {
        let project = try DiskProject()
        project.passphrase = Array("secret".utf8)
        try project.directory.write("# mine", to: "tree/etc/fstab")
        let part = try #require(
            try project.build([
                "00-esp": "Type=esp Format=vfat MountPoint=/efi",
                "10-root": "Type=root Format=ext4 CopyFiles=/ MountPoint=/ MountPoint=/mnt/x:noatime",
                "20-home":
                    "Type=home Format=ext4 Encrypt=key-file EncryptedVolume=hm:/etc/key:discard MountPoint=/home",
            ]).parts["10-root"]
        )
        #expect(
            try runChecked(["debugfs", "-R", "cat /etc/fstab", part]).outputLines == [
                "# mine",
                "UUID=9C1D-B980 /efi vfat umask=0077,rw,nodev,nosuid,noexec,nosymfollow 0 2",
                "UUID=a8a1aec3-42fe-438d-81dc-bcadd08a2b8d / ext4 discard,rw,nodev,suid,exec 0 1",
                "UUID=a8a1aec3-42fe-438d-81dc-bcadd08a2b8d /mnt/x ext4 discard,rw,nodev,suid,exec,noatime 0 1",
                "UUID=58c5f944-b4b8-435a-ad9d-cf6a2febe612 /home ext4 discard,rw,nodev,suid,exec 0 2",
            ]
        )
        #expect(
            try runChecked(["debugfs", "-R", "cat /etc/crypttab", part]).outputLines == [
                "hm UUID=fcc0c29c-ca10-4fe0-afad-8230d15a8f94 /etc/key discard"
            ]
        )
        #expect(try runChecked(["debugfs", "-R", "stat /etc/crypttab", part]).output.contains("Mode:  0640"))
    }

    @Test func fatHasNoLinksAndSaysSo() throws {
        let project = try DiskProject()
        _ = try project.build(["00-esp": "Type=esp CopyFiles=/usr/bin:/ SizeMinBytes=8M"])
        #expect(project.warnings.withLock { $0 }.contains { $0.hasPrefix("link is left out") })
    }

    @Test(
        "what cannot be made is said with file and line, and nothing is written",
        arguments: [
            ("Type=esp CopyFiles=/usr/plain:/EFI SizeMaxBytes=64K", 4, "needs 307200 bytes, which is 241664 more than"),
            ("Type=esp CopyFiles=/usr/plain:/EFI SizeMaxBytes=300K", 4, "which is 13312 bytes too small"),
            ("Type=root Format=ext4 CopyFiles=/ SizeMaxBytes=256K", 5, "more than SizeMaxBytes= allows"),
            ("Type=root Format=erofs CopyFiles=/ SizeMaxBytes=256K", 5, "more than SizeMaxBytes= allows"),
            ("Type=root Format=erofs", 3, "cannot be made without files"),
            (
                "Type=root Format=btrfs CopyFiles=/ MakeDirectories=/a Subvolumes=/a DefaultSubvolume=/b", 7,
                "DefaultSubvolume=/b is not one of Subvolumes="
            ),
            ("Type=root Format=minix CopyFiles=/", 3, "Format=minix is not supported: use one of "),
            (
                "Type=root Verity=data VerityMatchKey=x Format=erofs CopyFiles=/etc:/", 4,
                "no hash partition has VerityMatchKey=x"
            ),
            ("Type=root Format=ext4 Encrypt=key-file", 4, "needs a passphrase"),
            ("Type=root CopyBlocks=/etc/hostname", 3, "are no whole sectors of 512 bytes"),
            ("Type=root Format=ext4 Encrypt=tpm2", 4, "Encrypt=tpm2 needs the TPM of the machine"),
            ("Type=root CopyBlocks=auto", 3, "CopyBlocks=auto copies partitions of a running system"),
            ("Type=root CopyBlocks=/missing", 3, "cannot be opened in the tree"),
        ]
    )
    func problemsLeaveNothing(_ text: String, _ line: Int, _ message: String) throws {
        let project = try DiskProject()
        let error = #expect(throws: DiskError.self) {
            let builder = try project.builder(["10-part": text])
            defer { #expect(!Files.exists(builder.image)) }
            try builder.build(builder.survey())
        }
        let found = error?.message ?? ""
        #expect(found.hasPrefix("10-part.conf:\(line): ") && found.contains(message), "\(found)")
    }

    @Test("the largest file system that is made apart becomes the image and is not written twice")
    func insertion() throws {
        let project = try DiskProject()
        // Where blocks cannot be inserted everything is copied, into the same bytes.
        let memory = try TemporaryDirectory(below: "/dev/shm")
        let definitions = [
            "00-esp": "Type=esp CopyFiles=/efi:/ SizeMinBytes=40M SizeMaxBytes=40M",
            "10-root": "Type=root Format=erofs CopyFiles=/ Verity=data VerityMatchKey=root Minimize=best",
            "20-hash": "Type=root-verity Verity=hash VerityMatchKey=root Minimize=best",
            "30-srv": "Type=srv Format=squashfs CopyFiles=/etc:/ Minimize=best",
        ]
        // What a file is, and its permissions.
        @Sendable func status(_ path: String) -> String? { try? runChecked(["stat", "-c", "%i %a", path]).output }
        let made = Monitor<[String: String]>([:])
        var digests: Set<String> = []
        for directory in [project.directory.path, memory.path] {
            var builder = try project.builder(definitions)
            // In a build the two are mounts of their own, between which no file can be renamed.
            (builder.image, builder.scratch) = ("\(directory)/whole.raw", "\(memory.path)/\(digests.count)")
            try Files.makeDirectories(builder.scratch)
            builder.run = { [run = builder.run] (command, environment) throws(DiskError) in
                let lines = try run(command, environment)
                let path = command.first { $0.hasSuffix("whole.raw.10-root") }
                if let path {
                    made.withLock { $0[directory] = status(path)?.split(separator: " ").first.map(String.init) }
                }
                return lines
            }
            try builder.build(builder.survey())
            digests.insert(try project.digest(builder.image))
        }
        #expect(digests.count == 1)
        let image = try #require(status(project.directory("whole.raw")))
        let type = try runChecked(["stat", "-f", "-c", "%T", project.directory.path]).output
        if ["ext2/ext3\n", "xfs\n"].contains(type) {
            #expect("\(made.withLock { $0[project.directory.path] ?? "" }) 644\n" == image)
        }
    }

    @Test func theLayoutIsSaidBeforeAnythingIsWritten() throws {
        let project = try DiskProject()
        let builder = try project.builder(["10-root": Self.all["10-root"] ?? "", "20-swap": Self.all["40-swap"] ?? ""])
        _ = try builder.build(builder.survey())
        let lines = project.lines.withLock { $0 }
        #expect(lines.count == 3)
        #expect(lines[1].hasPrefix("1 root-x86-64 ext4: 32 MiB at 1 MiB, "), "\(lines)")
        #expect(lines[1].hasSuffix(" free"))
        #expect(lines[2] == "2 swap swap: 4 MiB at 33 MiB")
    }
}
