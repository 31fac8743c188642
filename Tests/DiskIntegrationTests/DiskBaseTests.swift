import Glibc
import Support
import System
import TestSupport
import Testing

/// Trees that are disk images: what was put on a disk is in the tree again.
@Suite
struct DiskBaseTests {
    @Test(
        "the tree of a disk is the tree that the disk was made of, for every user",
        arguments: TestUser.sample(1),
        ["ext4", "erofs"]
    )
    func roundTrip(user: TestUser, format: String) throws {
        let directory = try TemporaryDirectory(openToAll: true)
        let script = """
            set -e
            mkdir -p project/tree/usr/lib project/tree/etc project/tree/efi/EFI/BOOT home project/tree/usr/bin
            echo 'ID=example' > project/tree/usr/lib/os-release
            ln -s ../usr/lib/os-release project/tree/etc/os-release
            echo firmware > project/tree/efi/EFI/BOOT/BOOTX64.EFI
            head -c 3000000 /dev/zero | tr '\\0' x > project/tree/usr/lib/large
            echo '#!/bin/sh' > project/tree/usr/bin/one; chmod 4755 project/tree/usr/bin/one
            ln project/tree/usr/bin/one project/tree/usr/bin/two
            truncate -s 5M project/tree/usr/lib/sparse
            chmod 700 project/tree/etc
            find project/tree -exec touch -h -d @1600000000 {} +
            """
        try runChecked(["sh", "-c", script], in: directory.path)
        let shared = "[Distribution]\nDistribution=custom\n[Content]\nBootloader=none\nSourceDateEpoch=1700000000\n"
        try directory.write(shared, to: "project/mkosi.conf")
        let definitions = [
            "00-esp": "Type=esp Format=vfat CopyFiles=/efi:/ SizeMinBytes=4M",
            "10-root": "Type=root Format=\(format) CopyFiles=/ ExcludeFiles=/efi/ Minimize=guess",
        ]
        for (name, text) in definitions {
            let lines = text.split(separator: " ").joined(separator: "\n")
            try directory.write("[Partition]\n\(lines)\n", to: "project/definitions/\(name).conf")
        }
        if user != .root, TestUser.isRoot {
            try runChecked(["chown", "-R", "-h", "\(TestUser.id):\(TestUser.id)", directory.path])
        }
        func mkosi(_ arguments: [String]) throws {
            let result = try run(
                user.command([Stage.mkosi, "--force"] + arguments, home: directory("home")),
                environment: plainEnvironment + ["HOME=\(directory("home"))"],
                in: directory("project")
            )
            #expect(result.succeeded, "\(result)")
        }
        try mkosi(["--format=disk", "--base-tree=tree", "--output=disk", "--repart-directory=definitions"])
        let tar = ["--format=tar", "--compress-output=none"]
        try mkosi(tar + ["--base-tree=tree", "--output=first"])
        try mkosi(tar + ["--base-tree=disk.raw", "--output=second"])
        try mkosi(tar + ["--base-tree=tree", "--extra-tree=disk.raw:/inner", "--output=third"])
        func list(_ name: String) throws -> [String] {
            let lines = try runChecked([
                "tar", "-tvf", directory("project/\(name).tar"), "--numeric-owner", "--full-time",
            ]).output
            // FAT has times of two seconds, and the top is made by the build.
            return lines.split(separator: "\n").map(String.init).filter { !$0.contains("/efi") && !$0.hasSuffix(" ./") }
        }
        #expect(try list("first") == list("second"))
        let inner = try list("third")
        #expect(inner.contains { $0.hasSuffix("inner/usr/bin/two link to inner/usr/bin/one") }, "\(inner)")
        let program = try runChecked(
            ["tar", "-xOf", directory("project/second.tar"), "efi/EFI/BOOT/BOOTX64.EFI"]
        ).output
        #expect(program == "firmware\n")
    }

    @Test("a disk with nothing but a boot partition is a tree with that directory")
    func onlyABootPartition() throws {
        let directory = try TemporaryDirectory(openToAll: true)
        try directory.write("firmware\n", to: "project/tree/efi/EFI/BOOT/BOOTX64.EFI")
        let shared = "[Distribution]\nDistribution=custom\n[Content]\nBootloader=none\nSourceDateEpoch=1700000000\n"
        try directory.write(shared, to: "project/mkosi.conf")
        let definition = "[Partition]\nType=esp\nFormat=vfat\nCopyFiles=/efi:/\nSizeMinBytes=4M\n"
        try directory.write(definition, to: "project/definitions/00-esp.conf")
        try directory.makeDirectory("home")
        let disk = ["--format=disk", "--base-tree=tree", "--output=disk", "--repart-directory=definitions"]
        for arguments in [disk, ["--format=tar", "--compress-output=none", "--base-tree=disk.raw", "--output=second"]] {
            let result = try run(
                [Stage.mkosi, "--force"] + arguments,
                environment: plainEnvironment + ["HOME=\(directory("home"))"],
                in: directory("project")
            )
            #expect(result.succeeded, "\(result)")
        }
        let program = try runChecked(
            ["tar", "-xOf", directory("project/second.tar"), "efi/EFI/BOOT/BOOTX64.EFI"]
        ).output
        #expect(program == "firmware\n")
    }
}
