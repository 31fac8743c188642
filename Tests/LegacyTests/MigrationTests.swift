import Foundation
import PluginWire
import Support
import Testing

/// A project of an older generation.
struct Example: Sendable, CustomTestStringConvertible {
    var name: String
    var files: [String: String]
    var links: [String: String] = [:]
    /// Command lines whose summaries are compared.
    var commands: [[String]] = [[]]
    var testDescription: String { name }
}

@Suite("Migration")
struct MigrationTests {
    static let examples: [Example] = [
        Example(name: "nothing but a list", files: ["mkosi.default": "[Packages]\nPackages=a b\n"]),
        Example(name: "an empty file", files: ["mkosi.default": ""]),
        Example(
            name: "a service with its build script",
            files: [
                "mkosi.default": """
                # Ours.

                [Distribution]
                Distribution=umbra
                Release=25

                [Output]
                Format=raw_squashfs
                Bootable=yes
                KernelCommandLine=quiet loglevel=5%

                [Partitions]
                RootSize=2G
                SwapSize=512M

                [Packages]
                # In both images.
                Packages=ssh-clients httpd
                # In the first only.
                BuildPackages=make gcc,
                    # for the downloads
                    curl-devel
                Cache=cache
                """,
                "mkosi.build": "#!/bin/sh\nmake\n", "mkosi.postinst": "#!/bin/sh\n", "mkosi.extra/etc/motd": "hi\n",
                "mkosi.nspawn": "[Exec]\n", "mkosi.cache/x": "", "mkosi.builddir/x": "", "cache/x": "",
            ],
            commands: [[], ["-t", "tar"], ["-p", "more"], ["--checksum=yes"]]
        ),
        Example(
            name: "signed and encrypted",
            files: [
                "mkosi.default": """
                [Output]
                Format=gpt_ext4
                Bootable=yes
                SecureBoot=yes
                Verity=yes
                Encrypt=all
                [Validation]
                CheckSum=yes
                Sign=yes
                Key=me@example
                Password=secret
                """,
                "mkosi.secure-boot.key": "k", "mkosi.secure-boot.crt": "c",
            ]
        ),
        Example(
            name: "a hashed password next to the file",
            files: ["mkosi.default": "[Validation]\nPasswordIsHashed=yes\n", "mkosi.rootpw": "$6$a$b\n"]
        ),
        Example(
            name: "a link to one of several files",
            files: [
                ".mkosi/mkosi.acme": "[Packages]\nPackages=a\nExtraTrees=extra\n",
                ".mkosi/mkosi.umbra": "[Packages]\nPackages=u\n", "extra/file": "",
            ],
            links: ["mkosi.default": ".mkosi/mkosi.acme"]
        ),
        Example(
            name: "drop-ins, also of distributions",
            files: [
                "mkosi.default": "[Output]\nHostname=main\nOutput=out/box.raw\n[Packages]\nPackages=main\n",
                "mkosi.default.d/10-a.conf": "[Output]\nHostname=a\n[Packages]\nPackages=a !main\n",
                "mkosi.default.d/z": "[Output]\nBootable=yes\n[Packages]\nWithDocs=yes\n",
                "mkosi.default.d/acme/10-mkosi.acme": "[Packages]\nPackages=own\n",
                "mkosi.default.d/umbra/mkosi.umbra": "[Packages]\nPackages=other\n",
            ],
            commands: [[], ["-d", "umbra"]]
        ),
        Example(
            name: "only drop-ins",
            files: ["mkosi.default.d/one": "[Output]\nFormat=tar\n", "mkosi.default.d/two": "[Output]\nXZ=no\n"]
        ),
        Example(
            name: "many files",
            files: [
                "mkosi.files/mkosi.one": "[Output]\nFormat=tar\nHostname=one\n",
                "mkosi.files/mkosi.two": "[Output]\nFormat=raw_btrfs\nHostname=two\nCompress=yes\n",
            ],
            commands: [[], ["--all"], ["--default=mkosi.files/mkosi.two"]]
        ),
        Example(
            name: "many files and a main one",
            files: [
                "mkosi.default": "[Output]\nHostname=main\n[Packages]\nPackages=main\n",
                "mkosi.files/mkosi.one": "[Output]\nHostname=one\n",
            ],
            commands: [[], ["--all"], ["--default=mkosi.files/mkosi.one"]]
        ),
        Example(
            name: "many files and drop-ins that change them",
            files: [
                "mkosi.default": "[Output]\nHostname=main\n",
                "mkosi.files/mkosi.one": "[Output]\nHostname=one\nFormat=tar\n",
                "mkosi.files/mkosi.two": "[Output]\nFormat=gpt_squashfs\n",
                "mkosi.default.d/x": "[Output]\nHostname=x\nCompress=zstd\n[Packages]\nWithDocs=yes\n",
            ],
            commands: [[], ["--all"], ["--default=mkosi.files/mkosi.one"]]
        ),
        Example(
            name: "everything that is gone",
            files: [
                "mkosi.default": """
                [Output]
                Force=yes
                HostonlyInitrd=yes
                [Packages]
                SourceFileTransfer=copy-git-cached
                SkipFinalPhase=no
                [Host]
                QemuHeadless=yes
                Netdev=yes
                """
            ]
        ),
        Example(
            name: "paths outside of the project",
            files: ["mkosi.default": "[Output]\nOutput=/var/tmp/box.img\n[Host]\nExtraSearchPaths=a:b/c:/d\n"]
        ),
    ]

    static let later: [Example] = [
        Example(
            name: "sections and names of the years between",
            files: [
                "mkosi.conf": """
                # Kept.
                [Distribution]
                Distribution=umbra_epel

                [Output]
                Format=gpt_ext4

                [Partitions]
                RootSize=3G
                # about homes
                HomeSize=1G

                [Content]
                Packages=
                        a
                        b
                Password=secret
                Bootable=no

                [Host]
                QemuHeadless=no
                QemuSmp=4
                ExtraSearchPaths=tools
                Unknown=thing
                """,
                "mkosi.conf.d/10-x.conf": "[Match]\nDistribution=umbra\nProfile=small\n\n[Host]\nRuntimeHome=yes\n",
                "mkosi.conf.d/20-y/mkosi.conf": "[Output]\n@Hostname=x\n",
                "mkosi.profiles/small.conf": "[Content]\nInitrdInclude=x\nDevicetree=d\n",
            ],
            commands: [[], ["--profile=small"]]
        )
    ]

    private func project(_ example: Example) throws -> OldProject {
        let project = try OldProject()
        for (name, text) in example.files {
            let isPrivate = name.hasSuffix("rootpw") || name.hasSuffix(".key")
            try project.write(name, text, mode: isPrivate ? 0o600 : text.hasPrefix("#!") ? 0o755 : 0o644)
        }
        for (name, target) in example.links { try project.link(name, to: target) }
        return project
    }

    @Test("gives the same summary, and keeps the old files", arguments: examples + later)
    func migrate(example: Example) throws {
        let project = try project(example)
        let before = example.commands.map { project.run($0 + ["--json", "summary"]) }
        for run in before { #expect(run.status == 0, "\(run.errors)") }
        let shown = project.run(["migrate"])
        #expect(shown.status == 0, "\(shown.errors)")
        let made = project.run(["migrate", "--write"])
        #expect(made.status == 0, "\(made.errors)")
        #expect(!LegacyFiles.exist(in: project))
        for (command, old) in zip(example.commands, before) {
            let new = project.run(command + ["--json", "summary"])
            #expect(new.status == 0, "\(command): \(new.errors)")
            #expect(
                try OldProject.withoutFiles(new.output) == OldProject.withoutFiles(old.output),
                "\(command): \(difference(old.output, new.output))"
            )
        }
        // Nothing of the old files is lost.
        for (name, text) in example.files where name.hasPrefix("mkosi.default") || name.hasPrefix("mkosi.files") {
            #expect(try project.read("mkosi.before-migration/\(name)") == text)
        }
        #expect(project.run(["migrate"]).output == "")
    }

    private func difference(_ old: String, _ new: String) -> String {
        zip(old.split(separator: "\n"), new.split(separator: "\n")).filter { $0 != $1 }.prefix(5)
            .map { "\($0) -> \($1)" }.joined(separator: "; ")
    }

    @Test("is shown as a difference that patch(1) applies", arguments: examples.filter { $0.files.count == 1 })
    func difference(example: Example) throws {
        let project = try project(example)
        let shown = project.run(["migrate"]).output
        #expect(shown.hasPrefix("--- mkosi.default\n+++ mkosi.conf\n@@ ") || example.files["mkosi.default"] == "")
        try project.write("change.patch", shown)
        try project.write("copy", example.files["mkosi.default"] ?? "")
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments = ["patch", "-s", "\(project.path)/copy", "\(project.path)/change.patch"]
        process.standardError = FileHandle.nullDevice
        try process.run()
        process.waitUntilExit()
        try #require(process.terminationStatus != 127, "patch is not installed: make deps installs it")
        #expect(process.terminationStatus == 0, "\(shown)")
        let patched = try project.read("copy")
        #expect(project.run(["migrate", "--write"]).status == 0)
        #expect(try project.read("mkosi.conf") == patched)
    }

    @Test("comments stay, and what is gone stays as a comment")
    func comments() throws {
        let project = try project(Self.examples[2])
        #expect(project.run(["migrate", "--write"]).status == 0)
        let text = try project.read("mkosi.conf")
        #expect(text.hasPrefix("# Ours.\n"))
        for comment in ["# In both images.\n", "# In the first only.\n", "# for the downloads\n"] {
            #expect(text.contains(comment))
        }
        let gone = try OldProject(["mkosi.default": "[Output]\n# why\nForce=yes\n"])
        #expect(gone.run(["migrate", "--write"]).status == 0)
        #expect(try gone.read("mkosi.conf").contains("# why\n# Force=yes\n"))
    }

    @Test("shows nothing of a password file")
    func secrets() throws {
        let project = try project(try #require(Self.examples.first { $0.name.hasPrefix("a hashed") }))
        let shown = project.run(["migrate"])
        #expect(!shown.output.contains("$6$"))
        #expect(project.run(["migrate", "--write"]).status == 0)
        #expect(try project.read("mkosi.rootpw") == "hashed:$6$a$b\n")
    }

    @Test("changes nothing unless it is told to, and overwrites nothing")
    func careful() throws {
        let project = try project(Self.examples[0])
        #expect(project.run(["migrate"]).status == 0)
        #expect(project.exists("mkosi.default") && !project.exists("mkosi.conf"))
        try project.write("mkosi.before-migration/", "")
        let run = project.run(["migrate", "--write"])
        #expect(run.status != 0)
        #expect(run.errors.contains("already exists"))
        #expect(project.exists("mkosi.default") && !project.exists("mkosi.conf"))
    }

    @Test("a file elsewhere becomes the configuration")
    func otherFile() throws {
        let project = try OldProject([".mkosi/mkosi.umbra": "[Packages]\nPackages=u\n"])
        let before = project.run(["--default=.mkosi/mkosi.umbra", "--json", "summary"])
        #expect(project.run(["--default=.mkosi/mkosi.umbra", "migrate", "--write"]).status == 0)
        let after = project.run(["--json", "summary"]).output
        #expect(try OldProject.withoutFiles(after) == OldProject.withoutFiles(before.output))
    }

    @Test("what has no effect gets none")
    func unknownSection() throws {
        let text = "[Partitions]t]\nPassword=x\nRootSize=1G\n"
        let project = try OldProject(["mkosi.conf": text])
        #expect(project.run(["migrate", "--write"]).status == 0)
        #expect(try project.read("mkosi.conf") == text)
    }

    @Test("files of today stay as they are, line by line")
    func untouched() throws {
        let text = "# one\n\n[Content]\n  # two\nPackages=a\n\n   b\n;three\nHostname=x\n"
        let project = try OldProject(["mkosi.conf": text])
        let run = project.run(["migrate"])
        #expect(run.output == "")
        #expect(run.errors.contains("All files are up to date"))
    }
}

private enum LegacyFiles {
    static func exist(in project: OldProject) -> Bool {
        ["mkosi.default", "mkosi.default.d", "mkosi.files"].contains(where: project.exists)
    }
}
