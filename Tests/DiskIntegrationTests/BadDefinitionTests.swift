import DiskKit
import System
import TestSupport
import Testing

/// Definitions that cannot be carried out with the tree: file, line, what is wrong and by how many bytes.
@Suite struct BadDefinitionTests {
    @Test func nameFileAndLine() throws {
        let project = try DiskProject()
        project.passphrase = []
        let data = "Type=root Format=squashfs CopyFiles=/ Minimize=best Verity=data VerityMatchKey=a"
        let cases: [(definitions: [String: String], place: String, message: String)] = [
            (["10-a": "Type=root Encrypt=key-file CopyFiles=/etc:/"], "10-a.conf:3: ", "The passphrase is empty"),
            (
                ["10-a": "Type=root CopyBlocks=/usr/missing"], "10-a.conf:3: ",
                "CopyBlocks=/usr/missing cannot be opened in the tree"
            ),
            (["10-a": data], "10-a.conf:7: ", "no hash partition has VerityMatchKey=a"),
            (
                ["10-a": data, "20-b": "Type=root-verity Verity=hash VerityMatchKey=a SizeMaxBytes=4K"],
                "20-b.conf:5: ",
                "the hash tree is 4096 bytes larger than its partition"
            ),
            (
                ["10-a": "Type=srv Format=vfat CopyFiles=/usr:/ SizeMaxBytes=64K"], "10-a.conf:5: ",
                "more than SizeMaxBytes= allows"
            ),
        ]
        for (definitions, place, message) in cases {
            let builder = try project.builder(definitions)
            let error = #expect(throws: DiskError.self, "\(definitions)") { try builder.build(builder.survey()) }
            #expect(error?.message.hasPrefix(place) == true, "\(String(describing: error))")
            #expect(error?.message.contains(message) == true, "\(String(describing: error))")
            #expect(!Files.exists(builder.image))
        }
    }

    @Test("files that fit and leave no room for what ext4 has itself are too many by a number of bytes")
    func ext4IsTooSmall() throws {
        let project = try DiskProject()
        try runChecked(
            ["sh", "-c", "head -c 30000000 /dev/zero | tr '\\0' z > tree/usr/large"],
            in: project.directory.path
        )
        let builder = try project.builder(["10-root": "Type=root Format=ext4 CopyFiles=/usr:/ SizeMaxBytes=31M"])
        let error = #expect(throws: DiskError.self) { try builder.build(builder.survey()) }
        #expect(error?.message.hasPrefix("10-root.conf:5: ext4 needs about ") == true, "\(String(describing: error))")
        #expect(error?.message.contains(" more than there are: mke2fs") == true, "\(String(describing: error))")
        #expect(!Files.exists(builder.image))
    }

    @Test("partitions that would be written to the same file are refused before the disk is written")
    func equalFileNames() throws {
        let project = try DiskProject()
        var builder = try project.builder(["10-a": "Type=root SplitName=x", "20-b": "Type=home SplitName=x"])
        builder.isSplit = true
        let error = #expect(throws: DiskError.self) { try builder.build(builder.survey()) }
        #expect(error?.message == "20-b.conf:3: another partition has the SplitName= x, too")
        #expect(project.lines.withLock(\.isEmpty))
    }

    @Test("the free space that is printed is the one that ext4 has")
    func freeSpace() throws {
        let project = try DiskProject()
        let built = try project.build(["10-root": "Type=root Format=ext4 CopyFiles=/ SizeMinBytes=64M SizeMaxBytes=64M"]
        )
        let image = try #require(built.parts["10-root"])
        let report = try runChecked(["dumpe2fs", "-h", image]).output.split(separator: "\n")
        let line = try #require(report.first { $0.hasPrefix("Free blocks:") })
        let free = try #require(line.split(separator: " ").last.flatMap { Double($0) }) / 256
        let printed = try #require(
            project.lines.withLock { $0.last }?.split(separator: ", ").last?.split(separator: " ")
        )
        #expect(printed.dropFirst() == ["MiB", "free"], "\(printed)")
        let claimed = try #require(printed.first.flatMap { Double($0) })
        #expect(claimed <= free && claimed > free - 1, "\(claimed) of \(free) MiB")
    }

    @Test func swapIsFormattedWithoutFormat() throws {
        let project = try DiskProject()
        let built = try project.build(["10-swap": "Type=swap SizeMinBytes=1M SizeMaxBytes=1M"])
        let image = try #require(built.parts["10-swap"])
        #expect(try Files.read(image)[4086..<4096].elementsEqual("SWAPSPACE2".utf8))
    }
}

/// The same by `mkosi`, for which such an error must cost no time.
@Suite struct EarlyDefinitionTests {
    private func project(_ definitions: [(name: String, text: String)]) throws -> TemporaryDirectory {
        let directory = try TemporaryDirectory()
        // A script would say that the build had begun.
        let script = """
            set -e
            mkdir -p project/mkosi.repart project/tree/usr/lib/modules/6.1.0 home
            echo ID=example > project/tree/usr/lib/os-release
            echo kernel > project/tree/usr/lib/modules/6.1.0/vmlinux
            printf '#!/bin/sh\\ntouch "$SRCDIR/begun"\\n' > project/mkosi.finalize
            chmod +x project/mkosi.finalize
            """
        try runChecked(["sh", "-c", script], in: directory.path)
        try directory.write(
            """
            [Distribution]
            Distribution=custom
            [Output]
            Format=disk
            [Content]
            BaseTrees=tree
            [Build]
            BuildSources=
            BuildSourcesEphemeral=no

            """,
            to: "project/mkosi.conf"
        )
        for (name, text) in definitions { try directory.write(text, to: "project/mkosi.repart/\(name)") }
        return directory
    }

    private func mkosi(_ directory: TemporaryDirectory, _ arguments: [String] = []) throws -> RunResult {
        try run(
            [Stage.mkosi, "--force"] + arguments,
            environment: plainEnvironment + ["HOME=\(directory("home"))"],
            in: directory("project")
        )
    }

    @Test("what is wrong whatever is in the tree ends the build before it begins")
    func beforeTheBuild() throws {
        let cases = [
            ("[Partition]\nType=root\nFromat=ext4\n", [], "mkosi.repart/10-root.conf:3: There is no key Fromat="),
            (
                "[Partition]\nType=root\nEncrypt=key-file\n", [],
                "mkosi.repart/10-root.conf:3: Encrypt=key-file needs a passphrase"
            ),
            (
                "[Partition]\nType=root\n", ["--verity=signed"],
                "VerityKey= is not set, and there is nothing to sign with"
            ),
        ]
        for (text, arguments, message) in cases {
            let directory = try project([("10-root.conf", text)])
            let result = try mkosi(directory, ["--bootable=no"] + arguments)
            #expect(!result.succeeded && result.errors.contains(message), "\(result)")
            #expect(!Files.exists(directory("project/begun")), "\(result)")
        }
    }

    @Test("drop-ins and masks count, and a tree with a kernel and no boot loader is built unless Bootable=yes")
    func dropInsAndMasks() throws {
        let directory = try project([
            ("10-root.conf", "[Partition]\nType=root\nFormat=ext4\nCopyFiles=/\n"),
            ("20-home.conf", "[Partition]\nType=home\n"),
        ])
        try directory.makeDirectory("project/mkosi.repart/10-root.conf.d")
        try directory.write("[Partition]\nLabel=dropped in\n", to: "project/mkosi.repart/10-root.conf.d/x.conf")
        try directory.makeDirectory("project/profile")
        try runChecked(["ln", "-s", "/dev/null", directory("project/profile/20-home.conf")])
        let options = ["--repart-directory=mkosi.repart", "--repart-directory=profile", "--bootloader=systemd-boot"]
        let built = try mkosi(directory, options)
        #expect(built.succeeded && built.errors.contains("The boot loader systemd-boot is not installed"), "\(built)")
        let table = try runChecked(["sfdisk", "-d", directory("project/image.raw")]).output
        #expect(table.contains(#"name="dropped in""#), "\(table)")
        #expect(table.split(separator: "\n").filter { $0.contains("start=") }.count == 1, "\(table)")
        let refused = try mkosi(directory, options + ["--bootable=yes"])
        #expect(!refused.succeeded && refused.errors.contains("systemd-bootx64.efi"), "\(refused)")
    }
}
