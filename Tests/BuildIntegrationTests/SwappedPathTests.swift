import Execution
import Support
import System
import TestSupport
import Testing

/// Scripts that put links in the place of what the configuration names, for what the build does next.
@Suite(.serialized)
struct SwappedPathTests {
    struct Attack: CustomTestStringConvertible, Sendable {
        var testDescription: String
        var settings = ""
        /// In the project, made before the build.
        var directory = "dir"
        /// The same, a file.
        var file: String?
        var content = ""
        /// `SECRET` stands for the directory that the link leads to.
        var first: (kind: String, text: String)
        var second: (kind: String, text: String)?
    }

    private static let swap = "rm -rf $SRCDIR/dir; ln -s SECRET $SRCDIR/dir"

    private static let disk = "[Output]\nFormat=disk\n[Content]\nBootable=no"

    static let attacks = [
        Attack(
            testDescription: "output directory",
            settings: "[Output]\nOutputDirectory=dir",
            first: ("postinst", swap),
            second: ("postoutput", "echo evil >$OUTPUTDIR/keys")
        ),
        Attack(
            testDescription: "directory above the output directory",
            settings: "[Output]\nOutputDirectory=dir/SECRETNAME",
            directory: "dir/SECRETNAME",
            first: ("postinst", "rm -rf $SRCDIR/dir; ln -s SECRET/.. $SRCDIR/dir"),
            second: ("postoutput", "echo evil >$OUTPUTDIR/keys")
        ),
        Attack(
            testDescription: "build directory",
            settings: "[Build]\nBuildDirectory=dir\nBuildKey=-",
            first: ("prepare", swap),
            second: ("build", "echo evil >$BUILDDIR/keys")
        ),
        Attack(
            testDescription: "build source",
            settings: "[Build]\nBuildSources=.\nBuildSources=dir:other",
            first: ("prepare", swap),
            second: ("postinst", "cat $SRCDIR/other/keys; echo evil >$SRCDIR/other/keys")
        ),
        Attack(
            testDescription: "build source below an overlay",
            settings: "[Build]\nBuildSources=.\nBuildSources=dir:other\nBuildSourcesEphemeral=no",
            first: ("sync", swap),
            second: ("postinst", "cat $SRCDIR/other/keys")
        ),
        Attack(testDescription: "extra tree", settings: "[Content]\nExtraTrees=dir", first: ("prepare", swap)),
        Attack(
            testDescription: "script",
            first: ("prepare", "rm $SRCDIR/mkosi.finalize; ln -s SECRET/keys $SRCDIR/mkosi.finalize"),
            second: ("finalize", "true")
        ),
        Attack(
            testDescription: "settings for systemd-nspawn",
            file: "mkosi.nspawn",
            first: ("postinst", "ln -sf SECRET/keys $SRCDIR/mkosi.nspawn"),
            second: ("postoutput", "cat $OUTPUTDIR/image.nspawn >&2")
        ),
        Attack(
            testDescription: "partition definitions",
            settings: disk,
            directory: "mkosi.repart",
            first: ("postinst", "rm -r $SRCDIR/mkosi.repart; ln -s SECRET $SRCDIR/mkosi.repart")
        ),
        Attack(
            testDescription: "one partition definition",
            settings: disk,
            directory: "mkosi.repart",
            file: "mkosi.repart/10-root.conf",
            content: "[Partition]\nType=root\n",
            first: ("finalize", "ln -sf SECRET/keys $SRCDIR/mkosi.repart/10-root.conf")
        ),
        Attack(
            testDescription: "pass phrase",
            settings: disk + "\n[Validation]\nPassphrase=dir/phrase",
            file: "dir/phrase",
            first: ("postinst", "ln -sf SECRET/keys $SRCDIR/dir/phrase")
        ),
    ]

    static let cases: [(Attack, TestUser)] = attacks.enumerated().flatMap { index, attack in
        let users = TestUser.available
        return (Soak.isEnabled ? users : [users[index % users.count]]).map { (attack, $0) }
    }

    @Test("A script that replaces a path of the configuration leads nothing out of the project", arguments: cases)
    func swapped(attack: Attack, user: TestUser) throws {
        func text(_ text: String, _ secret: String) -> String {
            text.replacing("SECRETNAME", with: Paths.name(secret)).replacing("SECRET", with: secret)
        }
        let tiny = try TinyProject(user: user)
        let secret = tiny.directory("home/secret")
        let configuration = try Files.readText("\(tiny.project)/mkosi.conf")
        try Files.write("\(configuration)\n\(text(attack.settings, secret))\n".utf8, to: "\(tiny.project)/mkosi.conf")
        try tiny.directory.write("precious\n", to: "home/secret/keys", mode: 0o755)
        try tiny.directory.makeDirectory("project/\(text(attack.directory, secret))")
        if let file = attack.file { try tiny.directory.write(attack.content, to: "project/\(file)", mode: 0o600) }
        if let second = attack.second { try tiny.script("mkosi.\(second.kind)", second.text) }
        try tiny.script("mkosi.\(attack.first.kind)", text(attack.first.text, secret))
        try tiny.giveToUser()
        let result = try tiny.mkosi()
        #expect(result.status == .exited(1), "\(result)")
        #expect(!result.errors.contains("precious"), "\(result)")
        #expect(result.errors.contains("link"), "\(result)")
        #expect(try Files.readText("\(secret)/keys") == "precious\n")
        #expect(try Files.list(secret) == ["keys"])
        for suffix in ["tar", "raw"] { #expect(!Files.exists("\(tiny.project)/image.\(suffix)")) }
    }

    @Test("A script does not have the image signed by another key of the user", arguments: ["key", "crt"])
    func swappedSecret(suffix: String) throws {
        let tiny = try TinyProject(configuration: Self.disk)
        try tiny.directory.makeDirectory("home/secret")
        for name in ["project/mkosi", "home/secret/mkosi"] {
            try runChecked(
                ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-subj", "/CN=test", "-days", "30"]
                    + ["-keyout", tiny.directory("\(name).key"), "-out", tiny.directory("\(name).crt")]
            )
        }
        let name = "mkosi.\(suffix)"
        try tiny.script("mkosi.postinst", "ln -sf \(tiny.directory("home/secret"))/\(name) $SRCDIR/\(name)")
        let result = try tiny.mkosi()
        #expect(result.status == .exited(1), "\(result)")
        #expect(result.errors.contains("Cannot use \(tiny.project)/\(name): a link"), "\(result)")
        #expect(!Files.exists("\(tiny.project)/image.raw"))
    }

    @Test("A script has mkosi neither write nor remove the options of builds elsewhere", arguments: [true, false])
    func swappedHistory(isKept: Bool) throws {
        let tiny = try TinyProject(configuration: "[Build]\nHistory=\(isKept ? "yes" : "no")")
        try tiny.directory.write("precious\n", to: "home/secret/latest.json")
        try tiny.directory.makeDirectory("project/.mkosi-private")
        let link = "ln -s \(tiny.directory("home/secret")) $SRCDIR/.mkosi-private/history"
        try tiny.script("mkosi.finalize", link)
        let result = try tiny.mkosi()
        #expect(result.succeeded != isKept, "\(result)")
        #expect(try Files.readText(tiny.directory("home/secret/latest.json")) == "precious\n")
        #expect(try Files.list(tiny.directory("home/secret")) == ["latest.json"])
    }

    @Test("Definitions may be links that the user made, also to what a script makes")
    func linkedDefinitions() throws {
        let tiny = try TinyProject(configuration: Self.disk)
        let text = "[Partition]\nType=root\nFormat=ext4\nCopyFiles=/\nMinimize=guess\n"
        try tiny.directory.write(text, to: "elsewhere/10-root.conf")
        try tiny.directory.makeDirectory("project/mkosi.repart")
        let directory = "\(tiny.project)/mkosi.repart"
        try runChecked(["ln", "-s", "../../elsewhere/10-root.conf", directory])
        try runChecked(["ln", "-s", "../made.conf", "\(directory)/20-made.conf"])
        let made = #"printf '[Partition]\nType=srv\nSizeMinBytes=1M\nSizeMaxBytes=1M\n' >$SRCDIR/made.conf"#
        try tiny.script("mkosi.postinst", made)
        let result = try tiny.mkosi()
        #expect(result.succeeded, "\(result)")
        #expect(Files.exists("\(tiny.project)/image.raw"))
    }

    @Test(
        "Links of the configuration that are there when the build begins are followed, and scripts may replace others"
    )
    func ownLinks() throws {
        let tiny = try TinyProject(
            configuration: """
                ExtraTrees=tree
                [Output]
                OutputDirectory=out
                [Build]
                BuildDirectory=build
                BuildKey=-
                """
        )
        for name in ["tree", "out", "build"] {
            try tiny.directory.makeDirectory("elsewhere/\(name)")
            try runChecked(["ln", "-s", "../elsewhere/\(name)", "\(tiny.project)/\(name)"])
        }
        try tiny.directory.write("tree\n", to: "elsewhere/tree/file")
        try tiny.directory.write("old\n", to: "project/other/file")
        try tiny.script("mkosi.prepare", "rm -r $SRCDIR/other; ln -s /usr $SRCDIR/other")
        try tiny.script("mkosi.build", "echo built >$BUILDDIR/result")
        let result = try tiny.mkosi()
        #expect(result.succeeded, "\(result)")
        #expect(try Files.readText(tiny.directory("elsewhere/build/result")) == "built\n")
        let names = try runChecked(["tar", "-tf", tiny.directory("elsewhere/out/image.tar")]).outputLines
        #expect(names.contains { $0.hasSuffix("file") }, "\(names)")
    }

    @Test("Outputs that were built twice do not follow a link that a script put in the place of their directory")
    func swappedForTwoBuilds() throws {
        let tiny = try TinyProject(configuration: "[Output]\nOutputDirectory=dir")
        let secret = tiny.directory("home/secret")
        try tiny.directory.write("precious\n", to: "home/secret/image.tar")
        try tiny.directory.makeDirectory("project/dir")
        try tiny.script("mkosi.sync", Self.swap.replacing("SECRET", with: secret))
        let result = try tiny.mkosi(["--check-reproducible", "-f"], limit: 300)
        #expect(result.status == .exited(1), "\(result)")
        #expect(result.errors.contains("link"), "\(result)")
        #expect(try Files.list(secret) == ["image.tar"])
        #expect(try Files.readText("\(secret)/image.tar") == "precious\n")
    }

    @Test("Wiping the build directory removes a link in its place, and nothing that it leads to")
    func wipedLink() throws {
        let tiny = try TinyProject(configuration: "[Build]\nBuildDirectory=dir\nBuildKey=part")
        try tiny.directory.write("precious\n", to: "elsewhere/thesis/keys")
        try tiny.directory.makeDirectory("project/dir")
        try runChecked(["ln", "-s", tiny.directory("elsewhere/thesis"), "\(tiny.project)/dir/part"])
        try tiny.script("mkosi.build", "echo built >$BUILDDIR/result")
        let result = try tiny.mkosi(["-f", "--wipe-build-dir"])
        #expect(result.succeeded, "\(result)")
        #expect(try Files.list(tiny.directory("elsewhere/thesis")) == ["keys"])
        #expect(try tiny.projectFile("dir/part/result") == "built\n")
    }

    @Test("A link on the way to a plugin or to the user's caches is followed, although scripts can replace it")
    func linksOfNoSetting() throws {
        let tiny = try TinyProject()
        try tiny.directory.makeDirectory("elsewhere/cache")
        try runChecked(["ln", "-s", "../elsewhere/cache", tiny.directory("home/.cache")])
        let example = "\(Stage.packageRoot)/Examples/plugins/python"
        try runChecked(["cp", "-rL", example, tiny.directory("elsewhere/plugin")])
        try tiny.directory.makeDirectory("project/mkosi.plugins")
        try runChecked(["ln", "-s", "../../elsewhere/plugin", "\(tiny.project)/mkosi.plugins/tiny"])
        try tiny.script("mkosi.postinst", "touch $BUILDROOT/etc/ran")
        let result = try run(
            // The home is among them, which a file of the project could not name.
            [Stage.mkosi, "--build-sources=.."],
            environment: tiny.environment(pluginPath: Stage.plugins),
            in: tiny.project
        )
        #expect(result.succeeded, "\(result)")
        let names = try tiny.imageList()
        #expect(names.contains { $0.hasSuffix("etc/ran") }, "\(names)")
    }
}
