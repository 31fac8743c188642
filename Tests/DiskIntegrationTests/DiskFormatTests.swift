import Glibc
import Support
import System
import TestSupport
import Testing

/// Disks by `mkosi`, as the users who build them.
@Suite struct DiskFormatTests {
    private let directory: TemporaryDirectory

    init() throws {
        directory = try TemporaryDirectory(openToAll: true)
        let script = """
            set -e
            mkdir -p project/tree/usr/lib project/tree/etc project/tree/efi/EFI/BOOT home
            echo 'ID=example' > project/tree/usr/lib/os-release
            ln -s ../usr/lib/os-release project/tree/etc/os-release
            echo firmware > project/tree/efi/EFI/BOOT/BOOTX64.EFI
            head -c 3000000 /dev/zero | tr '\\0' x > project/tree/usr/lib/large
            find project/tree -exec touch -h -d @1600000000 {} +
            """
        try runChecked(["sh", "-c", script], in: directory.path)
        try directory.write(
            """
            [Distribution]
            Distribution=custom
            [Output]
            Format=disk
            Seed=2f9225c9-d033-4639-9869-b1f238a9ff0b
            [Content]
            Bootloader=none
            BaseTrees=tree
            SourceDateEpoch=1700000000

            """,
            to: "project/mkosi.conf"
        )
    }

    /// A container without capabilities: no program gains any, newuidmap(1) neither, and there is a single id.
    private static let bare = ["setpriv", "--inh-caps=-all", "--no-new-privs", "--"]

    private func mkosi(
        _ user: TestUser,
        _ arguments: [String] = [],
        by runner: [String] = []
    ) throws -> RunResult {
        if user != .root, TestUser.isRoot {
            try runChecked(["chown", "-R", "-h", "\(TestUser.id):\(TestUser.id)", directory.path])
        }
        return try run(
            user.command(
                runner + [Stage.mkosi, "--force", "--progress-fd=3"] + arguments,
                home: directory("home")
            ),
            environment: plainEnvironment + ["HOME=\(directory("home"))"],
            in: directory("project"),
            collectsEvents: true
        )
    }

    private func digest(_ name: String = "image.raw") throws -> String {
        String(try runChecked(["sha256sum", directory("project/\(name)")]).output.prefix(64))
    }

    @Test("every user gets the same bytes, and so does one in a container without any capability")
    func everyUserGetsTheSameBytes() throws {
        let definitions = [
            ("00-esp", "Type=esp\nCopyFiles=/efi:/"),
            ("10-root", "Type=root\nFormat=erofs\nCopyFiles=/\nMinimize=best\nVerity=data\nVerityMatchKey=root"),
            ("15-hash", "Type=root-verity\nMinimize=best\nVerity=hash\nVerityMatchKey=root"),
            ("20-srv", "Type=srv\nFormat=ext4\nCopyFiles=/\nMinimize=guess"),
            ("30-home", "Type=home\nFormat=squashfs\nCopyFiles=/\nMinimize=guess"),
        ]
        for (name, text) in definitions {
            try directory.write("[Partition]\n\(text)\n", to: "project/definitions/\(name).conf")
        }
        var builders: [(user: TestUser, runner: [String])] = TestUser.available.map { ($0, []) }
        if let last = TestUser.available.last { builders.append((last, Self.bare)) }
        if TestUser.isRoot { builders.append((.ordinaryWithRange, Self.bare)) }
        let outputs = [
            "image.raw": ["--format=disk", "--repart-directory=definitions"],
            "image.cpio": ["--format=cpio", "--compress-output=none"],
        ]
        var digests: [String: Set<String>] = [:]
        for builder in builders {
            for (name, arguments) in outputs {
                let result = try mkosi(builder.user, arguments, by: builder.runner)
                #expect(result.succeeded, "\(builder): \(result)")
                digests[name, default: []].insert(try digest(name))
            }
        }
        for (name, found) in digests { #expect(found.count == 1, "\(name)") }
    }

    @Test func withoutDefinitionsThereAreThoseOfTheManual() throws {
        let result = try mkosi(TestUser.available[0])
        #expect(result.succeeded, "\(result)")
        let table = try runChecked(["sfdisk", "-d", directory("project/image.raw")]).output
        #expect(table.contains(#"size=     1048576, type=C12A7328-F81F-11D2-BA4B-00A0C93EC93B"#), "\(table)")
        #expect(table.contains(#"name="root-x86-64""#) || table.contains(#"name="root-"#), "\(table)")
        let plain = try mkosi(TestUser.available[0], ["--bootable=no", "--output-size=1G"])
        #expect(plain.succeeded, "\(plain)")
        #expect(Files.size(of: directory("project/image.raw")) == 1 << 30)
        try runChecked(["sfdisk", "--verify", directory("project/image.raw")])
        #expect(!(try runChecked(["sfdisk", "-d", directory("project/image.raw")]).output.contains("C12A7328")))
    }

    @Test func aDefinitionIsPartOfTheOutputsKey() throws {
        try directory.makeDirectory("project/mkosi.repart")
        let text = "[Partition]\nType=root\nFormat=ext4\nCopyFiles=/\n"
        try directory.write(text, to: "project/mkosi.repart/10-root.conf")
        func build() throws -> RunResult {
            let result = try run(
                TestUser.available[0].command([Stage.mkosi, "--incremental=yes", "--force"], home: directory("home")),
                environment: plainEnvironment + ["HOME=\(directory("home"))"],
                in: directory("project")
            )
            #expect(result.succeeded, "\(result)")
            return result
        }
        _ = try build()
        #expect(try build().errors.contains("nothing has changed"))
        try directory.write(text + "Label=other\n", to: "project/mkosi.repart/10-root.conf")
        #expect(!(try build().errors.contains("nothing has changed")))
        #expect(try runChecked(["sfdisk", "-d", directory("project/image.raw")]).output.contains(#"name="other""#))
    }

    @Test func anotherPassphraseMakesAnotherImage() throws {
        try directory.makeDirectory("project/mkosi.repart")
        let text = "[Partition]\nType=root\nFormat=ext4\nCopyFiles=/etc:/\nEncrypt=key-file\n"
        try directory.write(text, to: "project/mkosi.repart/10-root.conf")
        func build() throws -> RunResult {
            let result = try mkosi(TestUser.available[0], ["--incremental=yes"])
            #expect(result.succeeded, "\(result)")
            return result
        }
        try directory.write("correct horse", to: "project/mkosi.passphrase", mode: 0o600)
        _ = try build()
        #expect(try build().errors.contains("nothing has changed"))
        try directory.write("battery stap", to: "project/mkosi.passphrase", mode: 0o600)
        #expect(!(try build().errors.contains("nothing has changed")))
    }

    @Test func aWrongDefinitionIsNamedWithItsLine() throws {
        try directory.makeDirectory("project/mkosi.repart")
        try directory.write("[Partition]\nType=root\nFromat=ext4\n", to: "project/mkosi.repart/10-root.conf")
        let result = try mkosi(TestUser.available[0])
        #expect(!result.succeeded)
        #expect(result.errors.contains("mkosi.repart/10-root.conf:3: There is no key Fromat="), "\(result)")
        #expect(!Files.exists(directory("project/image.raw")))
    }

    @Test(
        "a program that is not installed is named with the definition that needs it",
        arguments: ["erofs", "squashfs"]
    )
    func missingProgram(format: String) throws {
        let text = "[Partition]\nType=root\nFormat=\(format)\nCopyFiles=/\n"
        try directory.write(text, to: "project/mkosi.repart/10-root.conf")
        let program = format == "erofs" ? "mkfs.erofs" : "mksquashfs"
        let path = try #require(Paths.findProgram(program))
        // A device is no program; everything else of the machine is there.
        let hidden = [
            try Stage.installation.sandbox, "--bind", "/", "/", "--dev", "/dev", "--proc", "/proc", "--ro-bind",
            "/dev/null", path, "--same-dir", "--",
        ]
        let result = try run(
            hidden + [Stage.mkosi, "--force"],
            environment: plainEnvironment + ["HOME=\(directory("home"))"],
            in: directory("project")
        )
        #expect(!result.succeeded)
        #expect(
            result.errors.contains(
                "10-root.conf:3: the file system \(format) needs the program \(program), which is not installed"
            ),
            "\(result)"
        )
        #expect(!Files.exists(directory("project/image.raw")))
    }

    @Test("a certificate of another key, and an expired one, end the build before anything is made")
    func wrongCertificates() throws {
        let pair = [
            "Verity=data\nFormat=erofs\nCopyFiles=/\nMinimize=best", "Verity=hash\nMinimize=best", "Verity=signature",
        ]
        for (type, text) in zip(["root", "root-verity", "root-verity-sig"], pair) {
            let name = "project/mkosi.repart/\(type).conf"
            try directory.write("[Partition]\nType=\(type)\nVerityMatchKey=root\n\(text)\n", to: name)
        }
        for name in ["one", "two"] {
            try runChecked(
                [
                    "openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-subj", "/CN=\(name)", "-days", "30",
                    "-keyout", "\(name).key", "-out", "\(name).crt",
                ],
                in: directory.path
            )
        }
        try makeExpiredCertificate("old", in: directory)
        func build(_ key: String, _ certificate: String) throws -> RunResult {
            let keys = [
                "--verity-key=\(directory("\(key).key"))", "--verity-certificate=\(directory("\(certificate).crt"))",
            ]
            return try mkosi(TestUser.available[0], ["--verity=signed"] + keys)
        }
        for (certificate, key, problem) in [
            ("two", "one", "does not belong to"), ("old", "old", "expired"), ("none", "one", "No such file"),
        ] {
            let result = try build(key, certificate)
            #expect(!result.succeeded)
            #expect(result.errors.contains(problem) && result.errors.contains("\(certificate).crt"), "\(result)")
            // Nothing was made, not even the tree.
            #expect(result.tasks("assemble").isEmpty, "\(result)")
            #expect(!Files.exists(directory("project/image.raw")))
        }
        let right = try build("one", "one")
        #expect(right.succeeded, "\(right)")
    }

    @Test func aSplitArtifactThatNothingMakesIsRefused() throws {
        let result = try mkosi(TestUser.available[0], ["--format=directory", "--split-artifacts=roothash"])
        #expect(!result.succeeded)
        #expect(result.errors.contains("SplitArtifacts=roothash: the format directory has no such part"), "\(result)")
    }

    @Test func aCompressedDiskIsTheSameDisk() throws {
        #expect(try mkosi(TestUser.available[0]).succeeded)
        let expected = try digest()
        let result = try mkosi(TestUser.available[0], ["--compress-output=zstd"])
        #expect(result.succeeded, "\(result)")
        try runChecked(["zstd", "-d", "-q", "-f", "image.raw.zst", "-o", "image.raw"], in: directory("project"))
        #expect(try digest() == expected)
    }
}
