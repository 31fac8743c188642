import Support
import System
import TestSupport
import Testing

/// SELinux labels in images, whoever builds them.
@Suite struct LabelTests {
    private let directory: TemporaryDirectory
    private static let shadow = "system_u:object_r:shadow_t:s0"

    init() throws {
        directory = try TemporaryDirectory(openToAll: true)
        let script = """
            set -e
            mkdir -p home project/tree/usr/lib project/tree/etc/selinux/sample/contexts/files project/tree/var/cache
            cd project/tree
            echo 'ID=example' > usr/lib/os-release
            ln -s ../usr/lib/os-release etc/os-release
            echo root:: > etc/shadow
            ln -s nowhere etc/dangling
            mkfifo etc/pipe
            echo 'SELINUXTYPE=sample' > etc/selinux/config
            cat > etc/selinux/sample/contexts/files/file_contexts <<'END'
            /.*\tsystem_u:object_r:default_t:s0
            /etc(/.*)?\tsystem_u:object_r:etc_t:s0
            /etc/dangling\t-l\tsystem_u:object_r:link_t:s0
            /etc/shadow\t--\t\(Self.shadow)
            /usr/lib/os-release\t--\tsystem_u:object_r:release_t:s0
            /var/cache(/.*)?\t<<none>>
            END
            find . -exec touch -h -d @1600000000 {} +
            """
        try runChecked(["sh", "-c", script], in: directory.path)
        try directory.write(
            """
            [Distribution]
            Distribution=custom
            [Output]
            Seed=2f9225c9-d033-4639-9869-b1f238a9ff0b
            [Content]
            Bootloader=none
            BaseTrees=tree
            SourceDateEpoch=1700000000

            """,
            to: "project/mkosi.conf"
        )
    }

    private func mkosi(_ user: TestUser, _ arguments: [String]) throws -> RunResult {
        if user != .root, TestUser.isRoot {
            try runChecked(["chown", "-R", "-h", "\(TestUser.id):\(TestUser.id)", directory.path])
        }
        return try run(
            user.command([Stage.mkosi, "--force"] + arguments, home: directory("home")),
            environment: plainEnvironment + ["HOME=\(directory("home"))"],
            in: directory("project")
        )
    }

    private func define(_ partitions: [(type: String, text: String)]) throws {
        try directory.makeDirectory("project/mkosi.repart")
        for (index, partition) in partitions.enumerated() {
            let text = "[Partition]\nType=\(partition.type)\nSizeMinBytes=64M\n\(partition.text)\n"
            try directory.write(text, to: "project/mkosi.repart/\(index)0-\(partition.type).conf")
        }
    }

    private func label(of path: String, in image: String) throws -> String {
        let request = "ea_get -V \(path) security.selinux"
        return try runChecked(["debugfs", "-R", request, directory("project/\(image)")]).output
    }

    @Test func aTarHasThemAsAttributes() throws {
        var digests: Set<String> = []
        for user in TestUser.available {
            let result = try mkosi(user, ["--format=tar", "--compress-output=no"])
            #expect(result.succeeded, "\(user): \(result)")
            let image = directory("project/image.tar")
            // Records of pax have the attribute with the zero at its end.
            func records(_ value: String) throws -> Int {
                let pattern = "SCHILY\\.xattr\\.security\\.selinux=\(value)"
                return try run(["grep", "-a", "-o", "-P", pattern, image]).output.split(separator: "\n").count
            }
            #expect(try records("\(Self.shadow)\\x00") == 1, "\(user)")
            #expect(try records("system_u:object_r:link_t:s0\\x00") == 1, "\(user)")
            // Everything but /var/cache has one.
            let entries = try runChecked(["tar", "-tf", image]).output.split(separator: "\n").count
            #expect(try records("") == entries - 1, "\(user)")
            digests.insert(String(try runChecked(["sha256sum", image]).output.prefix(64)))
        }
        #expect(digests.count == 1)
    }

    /// ext4 by its own tool, and the others by what is unique to a path.
    @Test func fileSystemsHaveThem() throws {
        try define([
            ("root", "Format=ext4\nCopyFiles=/"), ("srv", "Format=erofs\nCopyFiles=/etc:/"),
            ("home", "Format=squashfs\nCopyFiles=/etc:/"),
            ("var", "Format=btrfs\nCopyFiles=/etc:/\nMakeDirectories=/made"),
        ])
        for user in TestUser.available {
            let result = try mkosi(user, ["--format=disk", "--split-artifacts=partitions"])
            #expect(result.succeeded, "\(user): \(result)")
            let files = try Files.list(directory("project")).filter { $0.hasSuffix(".raw") && $0 != "image.raw" }
            #expect(files.count == 4, "\(files)")
            let root = try #require(files.first { $0.contains("root") })
            for (path, type) in [
                ("/", "default_t"), ("/etc", "etc_t"), ("/etc/shadow", "shadow_t"), ("/etc/dangling", "link_t"),
                ("/etc/pipe", "etc_t"), ("/etc/os-release", "etc_t"), ("/usr/lib/os-release", "release_t"),
            ] {
                let value = try label(of: path, in: root)
                #expect(value.hasPrefix("system_u:object_r:\(type):s0"), "\(user): \(path) has \(value)")
            }
            #expect(!(try label(of: "/var/cache", in: root)).contains("object_r"))
            for file in files where file != root && !file.contains("home") {
                let bytes = try runChecked(["grep", "-c", "-a", Self.shadow, directory("project/\(file)")]).output
                #expect(Int(bytes.filter { !$0.isWhitespace }).map { $0 > 0 } == true, "\(user): \(file)")
            }
            // The attributes of squashfs are compressed: its own program reads them where it may set them.
            let home = try #require(files.first { $0.contains("home") })
            if TestUser.isRoot {
                try runChecked([
                    "unsquashfs", "-quiet", "-no-progress", "-force", "-dest", directory("unpacked"),
                    directory("project/\(home)"),
                ])
                let list = try runChecked([
                    "tar", "--xattrs", "-C", directory.path, "-cf", directory("unpacked.tar"), "unpacked",
                ])
                #expect(list.succeeded)
                let text = try runChecked(["grep", "-c", "-a", Self.shadow, directory("unpacked.tar")])
                #expect(text.succeeded)
                try runChecked(["rm", "-rf", directory("unpacked"), directory("unpacked.tar")])
            }
        }
    }

    @Test func nothingIsLabelledWithoutBeingAskedOrWithoutAPolicy() throws {
        let user = TestUser.available[0]
        let tar = ["--format=tar", "--compress-output=no"]
        func isLabelled() throws -> Bool {
            let image = directory("project/image.tar")
            return try run(["grep", "-q", "-a", "security.selinux", image]).succeeded
        }
        #expect(try mkosi(user, tar + ["--selinux-relabel=no"]).succeeded)
        #expect(!(try isLabelled()))
        #expect(try mkosi(user, tar + ["--selinux-relabel=yes"]).succeeded)
        #expect(try isLabelled())
        try runChecked(["rm", directory("project/tree/etc/selinux/config")])
        #expect(try mkosi(user, tar).succeeded)
        #expect(!(try isLabelled()))
        for format in ["tar", "disk"] {
            let result = try mkosi(user, ["--format=\(format)", "--selinux-relabel=yes"])
            #expect(!result.succeeded)
            #expect(result.errors.contains("the image has no /etc/selinux/config"), "\(result)")
        }
    }

    @Test func aFileSystemThatCannotHoldThemIsNamed() throws {
        try define([("root", "Format=xfs\nCopyFiles=/\nSizeMinBytes=300M")])
        let user = TestUser.available[0]
        let result = try mkosi(user, ["--format=disk"])
        #expect(result.succeeded, "\(result)")
        #expect(result.errors.contains("xfs is made without the labels of the SELinux policy"), "\(result)")
        let strict = try mkosi(user, ["--format=disk", "--selinux-relabel=yes"])
        #expect(!strict.succeeded)
        #expect(strict.errors.contains("xfs is made without the labels"), "\(strict)")
    }
}
