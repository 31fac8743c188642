import Configuration
import Support
import Testing

@testable import HostCommandLine

@Suite("The command line")
struct ArgumentParserTests {
    private let registry = Registry(catalogue: PluginFacts(manifests: []))
    private let verbs = VerbTable.descriptions + [VerbDescription("run", .words, "Run")]

    private func parse(_ arguments: String...) throws -> Invocation {
        try ArgumentParser.parse(arguments, registry: registry, verbs: verbs)
    }

    private func failure(_ arguments: [String]) -> Failure? {
        do throws(Failure) {
            _ = try ArgumentParser.parse(arguments, registry: registry, verbs: verbs)
            return nil
        } catch {
            return error
        }
    }

    private func settings(_ invocation: Invocation) -> [String] {
        invocation.settings.map { "\($0.option) \($0.setting)=\($0.text)" }
    }

    @Test("no arguments mean build")
    func empty() throws {
        #expect(try parse() == Invocation())
        #expect(try parse().verb == "build")
    }

    @Test("options before and after the verb, with and without an equals sign")
    func options() throws {
        let invocation = try parse("--package=a,b", "-p", "c", "summary", "-pd", "--output", "x", "--mirror=")
        #expect(invocation.verb == "summary")
        #expect(
            settings(invocation) == [
                "--package Packages=a,b", "-p Packages=c", "-p Packages=d", "--output Output=x", "--mirror Mirror=",
            ]
        )
    }

    @Test("short options in one word")
    func cluster() throws {
        let invocation = try parse("-ffi", "-fwC", "/tmp", "-o=x")
        #expect(invocation[SharedOptions.force] == 3)
        #expect(invocation[SharedOptions.wipeBuildDirectory])
        #expect(invocation[SharedOptions.directory] == "/tmp")
        #expect(settings(invocation) == ["-i Incremental=yes", "-o Output=x"])
    }

    @Test("an option with an optional argument never swallows the verb")
    func optionalArgument() throws {
        #expect(try parse("-i", "summary").verb == "summary")
        #expect(settings(try parse("-i", "summary")) == ["-i Incremental=yes"])
        #expect(settings(try parse("-i", "strict", "summary")) == ["-i Incremental=strict"])
        #expect(settings(try parse("--incremental=no")) == ["--incremental Incremental=no"])
        #expect(settings(try parse("-T", "-a")) == ["-T WithTests=no", "-a Autologin=yes"])
        #expect(try parse("-B", "build")[SharedOptions.autoBump] == true)
        #expect(try parse("--auto-bump=no")[SharedOptions.autoBump] == false)
    }

    @Test("words after the verb, and everything after two dashes, belong to it")
    func verbArguments() throws {
        #expect(try parse("run", "a", "--debug", "b").arguments == ["a", "b"])
        #expect(try parse("run", "a", "--debug", "b")[SharedOptions.debug])
        #expect(try parse("run", "a", "--", "--debug", "--").arguments == ["a", "--debug", "--"])
        #expect(try !parse("run", "--", "--debug")[SharedOptions.debug])
        #expect(try parse("--", "-x").arguments == ["-x"])
        #expect(try parse("plugin", "new", "--language", "c", "name").arguments == ["new", "name"])
    }

    @Test("options end at the first word of a command")
    func commands() throws {
        let shell = try parse("shell", "--at", "postinst", "--debug", "ls", "-la", "--failed", "--", "X")
        #expect(shell.arguments == ["ls", "-la", "--failed", "--", "X"])
        #expect(shell[ShellVerb.step] == "postinst" && shell[SharedOptions.debug] && !shell[ShellVerb.failed])
        #expect(try parse("shell", "--failed", "--", "-x").arguments == ["-x"])
        #expect(try parse("box", "sh", "-c", "true").arguments == ["sh", "-c", "true"])
    }

    @Test("old spellings of options")
    func oldOptions() throws {
        #expect(
            settings(try parse("--output-dir=x", "--package-manager-tree=y"))
                == ["--output-dir OutputDirectory=x", "--package-manager-tree SandboxTrees=y"]
        )
    }

    @Test(
        "what makes no sense is one sentence with a hint",
        arguments: [
            (["sumary"], "There is no verb \"sumary\"", "Did you mean \"summary\"?"),
            (["--pakage=x"], "There is no option --pakage", "Did you mean --package?"),
            (["--zzzzzz"], "There is no option --zzzzzz", "See mkosi --help"),
            (["-fz"], "There is no option -z in \"-fz\"", "See mkosi --help"),
            (["--package"], "--package needs an argument", nil),
            (["-p", "-f"], "-p needs an argument", "Write an argument that starts with a dash as -p=-f"),
            (["--debug=yes"], "--debug takes no argument, but got \"yes\"", nil),
            (["summary", "x"], "mkosi summary takes no arguments, but got \"x\"", nil),
            (["--auto-bump=maybe"], "--auto-bump needs a boolean, not \"maybe\"", "Use yes or no"),
            (["--genkey-valid-days=0"], "--genkey-valid-days needs a number from 1 to 36500, not \"0\"", nil),
        ] as [([String], String, String?)]
    )
    func nonsense(arguments: [String], message: String, hint: String?) {
        let failure = failure(arguments)
        #expect(failure?.code == .usage)
        #expect(failure?.message == message)
        #expect(failure?.hint == hint)
    }

    @Test("the directory is found before options are understood")
    func directory() {
        #expect(HostProgram.projectDirectory(["-C", "a"], "/w") == "/w/a")
        #expect(HostProgram.projectDirectory(["-C/a", "summary"], "/w") == "/a")
        #expect(HostProgram.projectDirectory(["--directory=b", "--directory", "../c"], "/w") == "/c")
        #expect(HostProgram.projectDirectory(["--", "-C", "a"], "/w") == "/w")
        #expect(HostProgram.projectDirectory(["-C"], "/w") == "/w")
    }

    @Test("what is looked at before options are understood ends where the command of a verb begins")
    func ownWords() {
        let command = ["shell", "--at", "postinst", "-pC", "--output", "x", "ls", "-C", "/etc", "--debug"]
        #expect(Array(ArgumentParser.ownWords(of: command)) == Array(command.prefix(6)))
        #expect(HostProgram.projectDirectory(command, "/w") == "/w")
        #expect(!EarlyOptions(command).isDebug)
        #expect(EarlyOptions(["shell", "--debug", "ls"]).isDebug)
        #expect(EarlyOptions(["--no-such-option", "build", "--debug"]).isDebug)
        #expect(EarlyOptions(["plugin", "list", "--debug"]).isDebug)
        #expect(HostProgram.projectDirectory(["box", "-C", "a", "make", "-C", "b"], "/w") == "/w/a")
        #expect(HostProgram.projectDirectory(["plugin", "list", "-C", "a"], "/w") == "/w/a")
    }
}
