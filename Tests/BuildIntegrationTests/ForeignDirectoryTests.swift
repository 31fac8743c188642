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
    ]

    /// Each attack as every user in soak runs, else each as one of them.
    static let cases: [(Attack, TestUser)] = attacks.enumerated().flatMap { index, attack in
        let users = TestUser.available
        return (Soak.isEnabled ? users : [users[index % users.count]]).map { (attack, $0) }
    }

    private static let victims = [
        "keys/file", "keys.tar", "keys.manifest", "profile", "packages/file", "metadata/file",
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
            #expect(result.errors.contains("there is no record that mkosi made it"), "\(result)")
            try Self.expectUntouched(tiny, "\(arguments)")
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
        for arguments in [[], ["-f"]] {
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
}
