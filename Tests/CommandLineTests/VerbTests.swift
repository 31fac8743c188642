import Execution
import Support
import System
import TestSupport
import Testing

@testable import HostCommandLine

@Suite("Verbs over configuration")
struct VerbTests {
    // MARK: - The command line as a whole

    @Test("exit status 0, 1 and 2")
    func status() throws {
        let program = try StagedProgram(["mkosi.conf": "[Output]\nFormat=tar\n"])
        #expect(try program.mkosi("summary").status == .exited(0))
        #expect(try program.mkosi("--no-such-option").status == .exited(2))
        #expect(try program.mkosi("no-such-verb").status == .exited(2))
        #expect(try program.mkosi("--format=no-such-format", "summary").status == .exited(2))
        try program.write("mkosi.conf", "[Output]\nFormat=no-such-format\n")
        #expect(try program.mkosi("summary").status == .exited(1))
    }

    @Test("Verbs that run an image say in one sentence what is missing")
    func missing() throws {
        let program = try StagedProgram(["mkosi.conf": "[Distribution]\nDistribution=debian\n[Output]\nFormat=disk\n"])
        for (arguments, text) in [
            (["ssh", "id"], "SshKey= is not set"), (["sysupdate", "--", "list"], "SysupdateDirectory= is not set"),
            (["coredumpctl"], "There is no image"), (["burn"], "takes one device"),
            (["sandbox", "--", "no-such-program"], "The program no-such-program is not installed"),
        ] {
            let result = try run([Stage.mkosi] + arguments, environment: program.environment, in: program.project(""))
            #expect(result.status != .exited(0) && result.errors.contains(text), "\(result)")
            #expect(result.errorLines.count <= 2, "\(result)")
        }
        try program.write("mkosi.key", "no key\n", mode: 0o600)
        let result = try program.mkosi("--machine=tower", "ssh", "id")
        #expect(result.status == .exited(1) && result.errors.contains("The machine tower does not run"), "\(result)")
    }

    @Test("A command in the box has its arguments, and gives its exit status")
    func box() throws {
        let program = try StagedProgram(["mkosi.conf": "[Distribution]\nDistribution=debian\n"])
        let result = try program.mkosi("box", "--", "sh", "-c", "echo $1; exit 9", "sh", "--word")
        #expect(result.status == .exited(9) && result.output == "--word\n", "\(result)")
    }

    @Test("a value that makes no sense is underlined on the command line, too")
    func underlined() throws {
        let program = try StagedProgram()
        let result = try program.mkosi("--manifest-format=json,yaml", "summary")
        #expect(result.status == .exited(2))
        #expect(
            result.errors.contains(
                """
                    --manifest-format=json,yaml
                                           ^^^^
                """
            ),
            "\(result)"
        )
        let short = try program.mkosi("-t", "tra", "summary").errors
        #expect(short.contains("    -t tra\n       ^^^\n"))
        #expect(short.contains("Did you mean \"tar\"?"))
    }

    @Test("what ships is known where it is not installed")
    func knownPlugins() throws {
        let program = try StagedProgram()
        let list = try Files.readText(Stage.installation.knownPlugins)
        #expect(try program.mkosi("plugin", "index", Stage.plugins).output == list)
        #expect(list.contains("\"name\": \"debian\"") && list.contains("\"RootSize\""))
        #expect(try program.mkosi("plugin", "index").status == .exited(2))
    }

    @Test(
        "a word or an option that a command of mkosi plugin does not know is an error with a hint",
        arguments: [
            (["chek"], "There is no command \"mkosi plugin chek\"", "Did you mean \"check\"?"),
            (["list", "x"], "mkosi plugin list does not expect \"x\"", "Usage: mkosi plugin list"),
            (["info"], "mkosi plugin info needs an argument", "Usage: mkosi plugin info NAME"),
            (["list", "--kind=format"], "mkosi plugin list has no option --kind", "Use it with mkosi plugin new"),
            (["new", "x", "--tap"], "mkosi plugin new has no option --tap", "Use it with mkosi plugin check"),
            (["new", "x"], "mkosi plugin new needs --language", "Languages are swift, c, python, shell"),
        ] as [([String], String, String)]
    )
    func pluginCommands(words: [String], message: String, hint: String) throws {
        let program = try StagedProgram()
        let result = try run([Stage.mkosi, "plugin"] + words, environment: program.environment)
        #expect(result.status == .exited(2))
        #expect(result.errors.contains("\(message)\n") && result.errors.contains(hint), "\(result)")
    }

    @Test("a boolean option without a value means yes, with a warning")
    func boolean() throws {
        let program = try StagedProgram()
        let result = try program.mkosi("--checksum", "summary")
        #expect(result.status == .exited(0))
        #expect(result.output.contains("Checksum: yes"))
        #expect(result.errors.contains("--checksum without an argument is interpreted as --checksum=yes"))
        #expect(try program.mkosi("--checksum", "no", "summary").output.contains("Checksum: no"))
        #expect(try program.mkosi("-a", "summary").errors == "")
    }

    @Test("help for one verb")
    func help() throws {
        let program = try StagedProgram()
        let result = try program.mkosi("help", "bump")
        #expect(result.output.hasPrefix("Usage: mkosi [OPTIONS…] bump\n"))
        #expect(try program.mkosi("bump", "--help").output == result.output)
        let plugin = try program.mkosi("plugin", "new", "--help").output
        #expect(plugin.hasPrefix("Usage: mkosi [OPTIONS…] plugin list"))
        for option in ["--tap", "--list", "--only=TEXT", "--language=LANGUAGE", "--kind=KIND"] {
            #expect(plugin.contains("\n      \(option)  "), "\(option)\n\(plugin)")
        }
        #expect(try program.mkosi("qemu", "-h").output.hasPrefix("Usage: mkosi [OPTIONS…] vm"))
        #expect(try program.mkosi("help", "bmp").status == .exited(2))
        let lock = try program.mkosi("lock", "--help").output
        for text in ["\nOptions:\n", "\n      --update  ", "\nExample:\n  mkosi lock --update ", "-C, --directory"] {
            #expect(lock.contains(text), "\(text)\n\(lock)")
        }
        #expect(!lock.contains("--at"))
        #expect(try !program.mkosi("schema", "--help").output.contains("--force"))
    }

    // MARK: - cat-config

    @Test("cat-config shows the files that count, in order")
    func catConfig() throws {
        let program = try StagedProgram([
            "mkosi.conf": "[Output]\nFormat=tar\n", "mkosi.conf.d/10-a.conf": "[Content]\nHostname=a",
            "mkosi.conf.d/20-b.conf": "[Match]\nFormat=directory\n[Content]\nHostname=b\n",
            "mkosi.local.conf": "# local\n",
        ])
        let result = try program.mkosi("cat-config")
        #expect(result.status == .exited(0))
        #expect(
            result.output == """
                # mkosi.conf
                [Output]
                Format=tar

                # mkosi.local.conf
                # local

                # mkosi.conf.d/10-a.conf
                [Content]
                Hostname=a


                """
        )
    }

    // MARK: - bump and --auto-bump

    @Test("bump raises the last number of the version")
    func bump() throws {
        let program = try StagedProgram(["mkosi.conf": "[Output]\nFormat=tar\n"])
        for expected in ["1", "2"] {
            #expect(try program.mkosi("bump").status == .exited(0))
            #expect(try program.read("mkosi.version") == "\(expected)\n")
        }
        for (old, new) in [("1.9", "1.10"), ("v1.a", "v1.a.2"), ("2.0.09", "2.0.10"), ("7.", "7..2")] {
            try program.write("mkosi.version", old)
            #expect(try program.mkosi("bump").succeeded)
            #expect(try program.read("mkosi.version") == "\(new)\n")
        }
    }

    @Test(
        "the version after another",
        arguments: [
            (nil, "1"), ("", "1"), ("1", "2"), ("1.9", "1.10"), ("1.099", "1.100"), ("1.000", "1.1"), ("1.x", "1.x.2"),
            ("1.", "1..2"), ("9223372036854775807", "9223372036854775808"), ("999", "1000"),
        ] as [(String?, String)]
    )
    func successors(version: String?, next: String) {
        #expect(ImageVersionFile.successor(of: version) == next)
    }

    @Test("a version of several lines is left alone")
    func bumpOfLines() throws {
        let program = try StagedProgram(["mkosi.version": "1\n2\n"])
        #expect(try program.mkosi("bump").status == .exited(1))
        #expect(try program.read("mkosi.version") == "1\n2\n")
    }

    @Test("mkosi.bump says what comes next")
    func bumpScript() throws {
        let program = try StagedProgram(["mkosi.version": "1\n"])
        try program.write("mkosi.bump", "#!/bin/sh\necho 2026.1\n")
        let refused = try program.mkosi("bump")
        #expect(refused.status == .exited(1))
        #expect(refused.errors.contains("mkosi.bump is not executable"))
        try program.write("mkosi.bump", "#!/bin/sh\necho 2026.1\n", mode: 0o755)
        #expect(try program.mkosi("bump").succeeded)
        #expect(try program.read("mkosi.version") == "2026.1\n")
        try program.write("mkosi.bump", "#!/bin/sh\necho one; echo two\n", mode: 0o755)
        #expect(try program.mkosi("bump").status == .exited(1))
        #expect(try program.read("mkosi.version") == "2026.1\n")
    }

    @Test(
        "a version that mkosi.bump prints is a part of file names, and nothing that leads elsewhere",
        arguments: ["../1", "/etc/1", "..", "1/../../2", "1\u{1b}[2J"]
    )
    func bumpPath(version: String) throws {
        for isVerb in [true, false] {
            let program = try StagedProgram(["mkosi.version": "1\n", "next": version])
            try program.write("mkosi.bump", "#!/bin/sh\ncat next\n", mode: 0o755)
            let result = try isVerb ? program.mkosi("bump") : program.mkosi("--auto-bump", "summary")
            #expect(result.status == .exited(1), "\(result)")
            #expect(result.errors.contains("cannot be a part of a file name"), "\(result)")
            #expect(!result.errors.contains("\u{1b}[2J"))
            #expect(try program.read("mkosi.version") == "1\n")
        }
    }

    @Test("a version that a program prints is never overwritten")
    func bumpProgram() throws {
        let program = try StagedProgram()
        try program.write("mkosi.version", "#!/bin/sh\necho 5\n", mode: 0o755)
        let result = try program.mkosi("bump")
        #expect(result.status == .exited(1))
        #expect(result.errors.contains("mkosi.version is a program"))
        #expect(try program.read("mkosi.version") == "#!/bin/sh\necho 5\n")
    }

    @Test("--auto-bump configures the next version, and writes nothing without a build")
    func autoBump() throws {
        let program = try StagedProgram(["mkosi.version": "1.2\n"])
        #expect(try program.mkosi("-B", "summary").output.contains("ImageVersion: 1.3\n"))
        #expect(try program.read("mkosi.version") == "1.2\n")
    }

    @Test("--auto-bump writes the version when the build succeeds, and only then")
    func autoBumpBuild() throws {
        let project = try NothingProject(["mkosi.version": "1\n"], settings: "ImageId=x\n")
        let program = project.program
        try project.install(#"echo '{"jsonrpc":"2.0","id":'"$id"',"error":{"code":1,"message":"no"}}'"#)
        #expect(try program.mkosi("-B", "--force").status == .exited(1))
        #expect(try program.read("mkosi.version") == "1\n")
        try project.install(#"echo '{"jsonrpc":"2.0","id":'"$id"',"result":{"outputs":[]}}'"#)
        let built = try program.mkosi("-B", "--force")
        #expect(built.status == .exited(0), "\(built)")
        #expect(try program.read("mkosi.version") == "2\n")
    }

    // MARK: - init, documentation

    @Test("init writes a drop-in for the cache of packages")
    func initialize() throws {
        let home = ["HOME": "/home/me"]
        #expect(try InitVerb.directory(home, isRoot: true) == "/etc/tmpfiles.d")
        #expect(try InitVerb.directory(home, isRoot: false) == "/home/me/.config/user-tmpfiles.d")
        #expect(try InitVerb.directory(["XDG_CONFIG_HOME": "/c"], isRoot: false) == "/c/user-tmpfiles.d")
        #expect(throws: Failure.self) { try InitVerb.directory([:], isRoot: false) }
        #expect(InitVerb.dropIn("/home/me/.cache/mkosi").hasSuffix("\ne \"/home/me/.cache/mkosi\" - - - 30d -\n"))
        #expect(InitVerb.dropIn("/a %h\"").contains("e \"/a %%h\\\"\" -"))
    }

    @Test(
        "documentation finds the manuals of its own installation",
        arguments: ["mkosi", "sandbox", "mkosi.news", "news"]
    )
    func documentation(manual: String) throws {
        let program = try StagedProgram()
        let name = manual == "sandbox" ? "mkosi-sandbox.1" : manual == "mkosi" ? "mkosi.1" : "mkosi.news.7"
        let text = try program.mkosi("documentation", manual, "--doc-format=markdown")
        #expect(try text.output == Files.readText(Paths.join(Stage.prefix, "share/doc/mkosi/manuals/\(name).md")))
        let page = try program.mkosi("documentation", manual)
        #expect(page.status == .exited(0))
        #expect(page.output.count > 1000)
    }

    @Test("an unknown manual or way to show it")
    func unknownDocumentation() throws {
        let program = try StagedProgram()
        let manual = try program.mkosi("documentation", "sandbx")
        #expect(manual.status == .exited(1))
        #expect(manual.errors.contains("Did you mean \"sandbox\"?"))
        #expect(try program.mkosi("documentation", "--doc-format=pdf").status == .exited(2))
        #expect(try program.mkosi("documentation", "a", "b").status == .exited(2))
    }
}
