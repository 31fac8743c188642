import Execution
import Support
import System
import TestSupport
import Testing

/// Projects whose files name a directory of the user who builds them, and something in it.
@Suite(.serialized)
struct ForeignDirectoryTests {
    /// A project beside a home with files, and the project's files that attack it; `HOME` stands for the home's path.
    struct Attack: CustomTestStringConvertible, Sendable {
        var testDescription: String
        var settings: String
        var scripts: [String: String] = [:]
        /// Arguments of builds that have to be refused; the others may succeed.
        var refused: [[String]] = []
    }

    static let attacks = [
        Attack(
            testDescription: "outputs of that name",
            settings: "[Output]\nOutputDirectory=HOME\nOutput=keys",
            refused: [["-f"], ["build", "-f", "--compress-output=none"]]
        ),
        Attack(
            testDescription: "a directory as output",
            settings: "[Output]\nFormat=directory\nOutputDirectory=HOME\nOutput=keys",
            refused: [["-f"]]
        ),
        Attack(
            testDescription: "files of a script",
            settings: "[Output]\nOutputDirectory=HOME\nOutput=new",
            scripts: ["mkosi.postoutput": "echo evil >$OUTPUTDIR/profile"],
            refused: [[], ["-f"]]
        ),
        Attack(
            testDescription: "clean scripts",
            settings: "[Output]\nOutputDirectory=HOME\nOutput=new",
            scripts: ["mkosi.clean": "rm -rf $OUTPUTDIR/*"]
        ),
        Attack(testDescription: "caches of that name", settings: "[Build]\nCacheDirectory=HOME\nCacheKey=keys"),
        Attack(testDescription: "downloads", settings: "[Build]\nPackageCacheDirectory=HOME"),
        Attack(
            testDescription: "the build directory",
            settings: "[Build]\nBuildDirectory=HOME\nBuildKey=keys",
            scripts: ["mkosi.build": "rm -rf $BUILDDIR/*"],
            refused: [["-f"], ["-f", "-w"]]
        ),
        Attack(
            testDescription: "a new file that programs obey",
            settings: "[Output]\nOutputDirectory=HOME\nOutput=.profile",
            refused: [[], ["-f"]]
        ),
        Attack(
            testDescription: "a new file of a script that programs obey",
            settings: "[Output]\nOutputDirectory=HOME\nOutput=new",
            scripts: ["mkosi.postoutput": "echo evil >$OUTPUTDIR/.bashrc"],
            refused: [[], ["-f"]]
        ),
        Attack(
            testDescription: "outputs in a new directory that programs read",
            settings: "[Output]\nOutputDirectory=HOME/.config/autostart\nOutput=new",
            refused: [[], ["-f"]]
        ),
        Attack(
            testDescription: "a new build directory that programs read",
            settings: "[Build]\nBuildDirectory=HOME/.config/autostart\nBuildKey=-",
            scripts: ["mkosi.build": "echo evil >$BUILDDIR/evil.desktop"],
            refused: [["-f"]]
        ),
        Attack(
            testDescription: "build sources that programs obey",
            settings: "[Build]\nBuildSources=HOME/.ssh:ssh\n[Output]\nOutputDirectory=../out",
            scripts: ["mkosi.finalize": "echo evil >$SRCDIR/ssh/authorized_keys"],
            refused: [["-f"]]
        ),
        Attack(
            testDescription: "build sources with the whole home",
            settings: "[Build]\nBuildSources=HOME:home\n[Output]\nOutputDirectory=../out",
            scripts: ["mkosi.finalize": "rm $SRCDIR/home/profile"],
            refused: [["-f"]]
        ),
    ]

    /// Each attack as every user in soak runs, else each as one of them.
    static let cases: [(Attack, TestUser)] = attacks.enumerated().flatMap { index, attack in
        let users = TestUser.available
        return (Soak.isEnabled ? users : [users[index % users.count]]).map { (attack, $0) }
    }

    private static let victims = [
        "keys/file", "keys.tar", "keys.manifest", "profile", "packages/file", "metadata/file", ".ssh/authorized_keys",
    ]

    private static func project(_ user: TestUser, _ settings: String) throws -> TinyProject {
        let tiny = try TinyProject(user: user)
        for name in victims { try tiny.directory.write("precious\n", to: "home/\(name)") }
        let text = try Files.readText("\(tiny.project)/mkosi.conf")
        let named = settings.replacing("HOME", with: tiny.directory("home"))
        try Files.write("\(text)\n\(named)\n".utf8, to: "\(tiny.project)/mkosi.conf")
        return tiny
    }

    private static func expectUntouched(_ tiny: TinyProject, _ comment: String) throws {
        for name in victims {
            let text = try? Files.readText(tiny.directory("home/\(name)"))
            #expect(text == "precious\n", "\(name) after \(comment)")
        }
    }

    @Test(
        "What mkosi did not make is neither replaced nor removed, nor handed to scripts",
        arguments: cases
    )
    func untouched(_ attack: Attack, by user: TestUser) throws {
        let tiny = try Self.project(user, attack.settings)
        for (name, text) in attack.scripts { try tiny.script(name, text) }
        try tiny.giveToUser()
        for arguments in attack.refused {
            let result = try tiny.mkosi(arguments)
            #expect(result.status == .exited(1), "\(result)")
            let reasons = ["there is no record that mkosi made ", "programs of the user", "programs run or obey"]
            #expect(reasons.contains { result.errors.contains($0) }, "\(result)")
            try Self.expectUntouched(tiny, "\(arguments)")
            for name in [".profile.tar", ".bashrc", ".config"] {
                #expect(!Files.exists(tiny.directory("home/\(name)")), "\(arguments)")
            }
        }
        for arguments in [["clean"], ["-fff"], ["clean", "-ff"]] {
            _ = try tiny.mkosi(arguments)
            try Self.expectUntouched(tiny, "\(arguments)")
        }
    }

    @Test("A link as mkosi.output is no way around")
    func link() throws {
        let tiny = try Self.project(.root, "[Output]\nOutput=keys")
        try runChecked(["ln", "-s", tiny.directory("home"), "\(tiny.project)/mkosi.output"])
        for arguments in [["-f"], ["clean", "-ff"]] {
            _ = try tiny.mkosi(arguments)
            try Self.expectUntouched(tiny, "\(arguments)")
        }
    }

    @Test("What mkosi made is replaced and removed, and clean scripts get a directory that it made")
    func own() throws {
        let tiny = try Self.project(.root, "[Output]\nOutputDirectory=HOME/.new\nOutput=image")
        try tiny.script("mkosi.clean", "rm -f $OUTPUTDIR/other")
        for arguments in [["--output-directory=\(tiny.directory("home/.new"))"], ["-f"]] {
            let result = try tiny.mkosi(arguments)
            #expect(result.succeeded, "\(result)")
        }
        try tiny.directory.write("", to: "home/.new/other")
        try tiny.directory.write("precious\n", to: "home/.new/image.raw")
        #expect(try tiny.mkosi(["clean"]).succeeded)
        #expect(try Files.list(tiny.directory("home/.new")) == ["image.raw"])
    }

    @Test("Directories outside the project that hold nothing of the user are the project's")
    func plainDirectory() throws {
        let tiny = try Self.project(.root, "[Output]\nOutputDirectory=../elsewhere\nOutput=image")
        for name in ["image.tar", "image.raw"] { try tiny.directory.write("old\n", to: "elsewhere/\(name)") }
        #expect(try tiny.mkosi(["-f"]).succeeded)
        #expect(try Files.list(tiny.directory("elsewhere")) == ["image", "image.tar"])
    }

    @Test("A directory that was named on the command line once is mkosi's afterwards")
    func namedOnce() throws {
        let tiny = try Self.project(.root, "[Output]\nOutputDirectory=HOME\nOutput=keys\nManifestFormat=")
        #expect(!(try tiny.mkosi(["-f"]).succeeded))
        for arguments in [["-f", "--output-directory=\(tiny.directory("home"))"], ["-f"]] {
            let result = try tiny.mkosi(arguments)
            #expect(result.succeeded, "\(result)")
        }
    }

    @Test("What the user names on the command line is replaced and removed as in a project")
    func commandLine() throws {
        let tiny = try Self.project(.root, "[Output]\nOutput=keys")
        let option = "--output-directory=\(tiny.directory("home"))"
        let built = try tiny.mkosi(["-f", option])
        #expect(built.succeeded, "\(built)")
        #expect(Files.size(of: tiny.directory("home/keys.tar")) != "precious\n".utf8.count)
        #expect(try tiny.mkosi(["clean", option]).succeeded)
        #expect(!Files.exists(tiny.directory("home/keys.tar")))
        #expect(Files.exists(tiny.directory("home/profile")))
    }

    /// Builds, and returns what was said if it was refused, as it has to be.
    private static func refusal(_ tiny: TinyProject, _ arguments: [String]) throws -> String {
        let result = try tiny.mkosi(arguments)
        #expect(result.status == .exited(1), "\(result)")
        return result.errors
    }

    @Test("All files that scripts chose the names of are named at once, with what to do")
    func allAtOnce() throws {
        let tiny = try Self.project(.root, "[Output]\nOutputDirectory=HOME\nOutput=new")
        try tiny.script("mkosi.postoutput", "echo evil >$OUTPUTDIR/profile; echo evil >$OUTPUTDIR/keys.tar")
        let errors = try Self.refusal(tiny, ["-f"])
        #expect(errors.contains("keys.tar, profile in \(tiny.directory("home"))"), "\(errors)")
        #expect(errors.contains("hint: Move them away"), "\(errors)")
        #expect(!Files.exists(tiny.directory("home/new.tar")))
    }

    @Test("A build directory matters where scripts get it, and for all images before the first one is built")
    func buildDirectory() throws {
        let tiny = try Self.project(
            .root,
            "[Build]\nBuildDirectory=HOME\nBuildKey=keys\n[Output]\nOutputDirectory=../out"
        )
        for arguments in [["-f"], ["plan"]] {
            let result = try tiny.mkosi(arguments)
            #expect(result.succeeded, "\(result)")
        }
        try tiny.directory.write("[Output]\nFormat=tar\n", to: "project/mkosi.images/first/mkosi.conf")
        try tiny.script("mkosi.build", "true")
        try tiny.script("mkosi.clean", "echo CLEANED")
        let refused = try tiny.build(["-f"])
        #expect(refused.status == .exited(1) && !refused.events.isEmpty, "\(refused)")
        #expect(refused.errors.contains("--build-directory=\(tiny.directory("home"))"), "\(refused)")
        #expect(!refused.events.contains { $0.kind == "step-started" }, "\(refused)")
        #expect(try Self.refusal(tiny, ["-f", "-w"]).contains("no record"))
        // Cleaning does all that it does, and gives nothing to build scripts.
        let result = try tiny.mkosi(["clean", "-ff"])
        #expect(result.succeeded && (result.output + result.errors).contains("CLEANED"), "\(result)")
        #expect(try Self.refusal(tiny, ["-f"]).contains("no record"))
        try Self.expectUntouched(tiny, "all")
    }

    @Test("A plan neither makes a build directory nor records that the user gave it away")
    func planned() throws {
        let tiny = try Self.project(
            .root,
            "[Build]\nBuildDirectory=HOME/new\nBuildKey=-\n[Output]\nOutputDirectory=../out"
        )
        try tiny.script("mkosi.build", "true")
        let result = try tiny.mkosi(["plan"])
        #expect(result.succeeded, "\(result)")
        #expect(!Files.exists(tiny.directory("home/new")))
        try tiny.directory.write("precious\n", to: "home/new/keys")
        #expect(try Self.refusal(tiny, ["-f", "--wipe-build-dir"]).contains("no record"))
        #expect(try Files.readText(tiny.directory("home/new/keys")) == "precious\n")
    }

    @Test("Build scripts run once more whatever outputs are there, for these stay as they are")
    func rerun() throws {
        let tiny = try Self.project(.root, "[Build]\nIncremental=yes\n[Output]\nOutputDirectory=HOME\nOutput=new")
        try tiny.script("mkosi.build", "true")
        #expect(try tiny.mkosi().succeeded)
        try runChecked(["rm", "-r", tiny.directory("home/.cache/mkosi/made")])
        let result = try tiny.mkosi(["-R"])
        #expect(result.succeeded, "\(result)")
    }

    @Test("What is kept is said once a directory, with a command that removes it")
    func kept() throws {
        let tiny = try Self.project(
            .root,
            "[Build]\nPackageCacheDirectory=HOME\nCacheDirectory=HOME\nCacheKey=keys\n"
                + "[Output]\nOutputDirectory=HOME\nOutput=keys"
        )
        let home = tiny.directory("home")
        let result = try tiny.mkosi(["clean", "-ff"])
        #expect(result.succeeded, "\(result)")
        for hint in [
            "clean --output-directory=\(home)", "clean -f --cache-directory=\(home)",
            "clean -ff --package-cache-directory=\(home)",
        ] {
            #expect(result.errors.contains("hint: mkosi \(hint)\n"), "\(result)")
        }
        #expect(result.errors.split(separator: "warning:").count == 4, "\(result)")
        try Self.expectUntouched(tiny, "clean -ff")
        #expect(try tiny.mkosi(["clean", "--output-directory=\(home)"]).succeeded)
        #expect(!Files.exists("\(home)/keys.tar") && Files.exists("\(home)/packages/file"))
        #expect(try tiny.mkosi(["clean", "-ff", "--package-cache-directory=\(home)"]).succeeded)
        #expect(!Files.exists("\(home)/packages/file") && Files.exists("\(home)/profile"))
    }

    @Test("What was removed is no longer mkosi's: neither a file of that name nor the directory")
    func removed() throws {
        let tiny = try Self.project(.root, "[Output]\nOutputDirectory=HOME/.new\nOutput=image\nManifestFormat=")
        try tiny.script("mkosi.clean", "rm -f $OUTPUTDIR/other")
        #expect(try tiny.mkosi(["--output-directory=\(tiny.directory("home/.new"))"]).succeeded)
        #expect(try tiny.mkosi(["clean"]).succeeded)
        try tiny.directory.write("precious\n", to: "home/.new/image.tar")
        #expect(try Self.refusal(tiny, ["-f"]).contains("image.tar: there is no record"))
        try runChecked(["rm", "-r", tiny.directory("home/.new")])
        try tiny.directory.write("precious\n", to: "home/.new/other")
        let result = try tiny.mkosi(["clean"])
        #expect(result.errors.contains("Not running clean scripts"), "\(result)")
        #expect(try Files.readText(tiny.directory("home/.new/other")) == "precious\n")
    }

    @Test("A file of the user that takes the place of an output is the user's")
    func replaced() throws {
        let tiny = try Self.project(.root, "[Output]\nOutputDirectory=HOME\nOutput=new")
        #expect(try tiny.mkosi([]).succeeded)
        #expect(try tiny.mkosi(["-f"]).succeeded)
        try tiny.directory.write("precious\n", to: "home/thesis")
        try runChecked(["mv", tiny.directory("home/thesis"), tiny.directory("home/new.tar")])
        let result = try tiny.mkosi(["-f"])
        #expect(result.errors.contains("there is no record that mkosi made "), "\(result)")
        _ = try tiny.mkosi(["clean"])
        #expect(try Files.readText(tiny.directory("home/new.tar")) == "precious\n")
    }

    @Test("A link of the user that looks like that of an output stays")
    func ownLink() throws {
        let tiny = try Self.project(.root, "[Output]\nOutputDirectory=HOME\nOutput=new")
        let link = tiny.directory("home/new")
        try runChecked(["ln", "-s", "new.something", link])
        for arguments in [[], ["-f"]] {
            let result = try tiny.mkosi(arguments)
            #expect(result.succeeded, "\(result)")
            #expect(Paths.linkTarget(link) == "new.something")
        }
    }
}
