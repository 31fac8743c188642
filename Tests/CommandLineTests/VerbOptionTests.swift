import Configuration
import Support
import Testing

@testable import HostCommandLine

@Suite("Options of verbs")
struct VerbOptionTests {
    private let registry = Registry(catalogue: PluginFacts(manifests: []))
    private let table = OptionTable(verbs: VerbTable.descriptions)

    private func parse(_ arguments: [String]) throws(Failure) -> Invocation {
        try ArgumentParser.parse(arguments, registry: registry)
    }

    private func failure(_ arguments: [String]) -> Failure? {
        do throws(Failure) {
            _ = try parse(arguments)
            return nil
        } catch {
            return error
        }
    }

    @Test("One spelling means one option, for verbs and settings")
    func spellings() {
        for verb in VerbTable.descriptions {
            for option in verb.options {
                let other = table.named(option.long)?.option
                #expect(
                    other?.short == option.short && other?.argument == option.argument,
                    "\(verb.name) \(option.long)"
                )
                #expect(!option.help.isEmpty && !option.help.hasSuffix("."), "\(option.long)")
            }
            #expect(Set(verb.options.map(\.long)).count == verb.options.count, "\(verb.name)")
        }
        for option in table.all {
            let spellings = [option.long] + [option.negation, option.short.map { "-\($0)" }].compactMap { $0 }
            for spelling in spellings { #expect(registry.setting(option: spelling) == nil, "\(spelling)") }
        }
        let letters = table.all.compactMap(\.short)
        #expect(Set(letters).count == letters.count)
    }

    @Test("About a dozen options are shared by all verbs that read the configuration")
    func shared() {
        #expect(SharedOptions.all.count + SharedOptions.configuration.count <= 12)
    }

    @Test("Each verb has an example that mkosi accepts")
    func examples() throws {
        for verb in VerbTable.descriptions {
            let words = verb.example.split(separator: " ").map(String.init).prefix { $0 != ">" }
            #expect(words.first == "mkosi", "\(verb.name)")
            let invocation = try parse(Array(words.dropFirst()))
            #expect(invocation.verb == verb.name && invocation.warnings.isEmpty, "\(verb.example)")
        }
    }

    @Test("Each verb takes each of its options")
    func ownOptions() throws {
        for verb in VerbTable.descriptions {
            for option in verb.options + verb.sharedOptions {
                let word = Self.word(option)
                for words in [[verb.name, word], [word, verb.name]] {
                    #expect(try parse(words).warnings.isEmpty, "\(words)")
                }
            }
        }
    }

    /// The option as a word that is complete.
    private static func word(_ option: OptionDeclaration) -> String {
        switch option.argument {
        case .number(let range, _): "\(option.long)=\(range.lowerBound)"
        case .choice(let words, _): "\(option.long)=\(words[0])"
        case .text, .texts, .file, .directory: "\(option.long)=x"
        case .boolean, nil: option.long
        }
    }

    @Test("Each verb refuses each option of other verbs, but for those that a drop-in replacement only warns of")
    func optionsOfOthers() throws {
        var refused = 0
        for verb in VerbTable.descriptions {
            for option in table.all where !verb.accepts(option.long) {
                for words in [[verb.name, Self.word(option)], [Self.word(option), verb.name]] {
                    if verb.isDropIn, option.isDropIn {
                        #expect(try parse(words).warnings.count == 1, "\(words)")
                    } else {
                        let failure = failure(words)
                        #expect(failure?.code == .usage && failure?.hint != nil, "\(words)")
                        #expect(failure?.message.contains("has no option \(option.long)") == true, "\(words)")
                        refused += 1
                    }
                }
            }
        }
        #expect(refused > 200)
    }

    @Test(
        "An option that means nothing to the verb is an error that names verbs with it",
        arguments: [
            (["lock", "--at", "x"], "mkosi lock has no option --at", "Use it with mkosi shell"),
            (["--at=x"], "mkosi build has no option --at", "Use it with mkosi shell"),
            (["--update", "build"], "mkosi build has no option --update", "Use it with mkosi lock"),
            (["-w", "lock"], "mkosi lock has no option -w", "Use it with mkosi build, plan, shell, boot or vm"),
            (
                ["clean", "--no-locked"], "mkosi clean has no option --no-locked",
                "Use it with mkosi build, plan, shell, boot or vm"
            ),
            (["lock", "-B"], "mkosi lock has no option -B", "Use it with mkosi build, plan, shell, boot or vm"),
            (["plugin", "--tapp", "check"], "There is no option --tapp", "Did you mean --tap?"),
            (["plugin", "check", "--onyl=x"], "There is no option --onyl", "Did you mean --only?"),
            (
                ["plugin", "new", "--language=rust"], "--language cannot be \"rust\"",
                "Allowed: swift, c, python, shell"
            ),
            (["summary", "--write"], "mkosi summary has no option --write", "Use it with mkosi migrate"),
            (
                ["schema", "--json"], "mkosi schema has no option --json",
                "Use it with mkosi build, plan, lock, cache or summary"
            ),
            (
                ["schema", "--format=tar"], "mkosi schema does not read the configuration and has no option --format",
                "See mkosi schema --help"
            ),
            (["lock", "--updat"], "There is no option --updat", "Did you mean --update?"),
            (["schema", "--zzzz"], "There is no option --zzzz", "See mkosi schema --help"),
        ] as [([String], String, String)]
    )
    func misplaced(arguments: [String], message: String, hint: String) {
        let failure = failure(arguments)
        #expect(failure?.code == .usage)
        #expect(failure?.message == message)
        #expect(failure?.hint == hint)
    }

    @Test(
        "Scripts that give every verb of mkosi the same options keep working, with a warning",
        arguments: ["summary", "clean", "documentation", "box", "genkey", "ssh", "completion", "help", "bump"]
    )
    func dropIn(verb: String) throws {
        let options = [
            "--force", "--directory=", "--debug", "--debug-shell", "--debug-workspace", "--debug-timing",
            "--genkey-common-name=x", "--genkey-valid-days=2", "--auto-bump", "--doc-format=man", "--json",
            "--wipe-build-dir", "--rerun-build-scripts", "--format=tar", "-p", "bash",
        ]
        let description = try #require(VerbTable.descriptions.first { $0.isCalled(verb) })
        let ignored = options.filter { option in
            let name = String(option.prefix { $0 != "=" })
            if let option = table.named(name)?.option { return !description.accepts(option.long) }
            return option.hasPrefix("-") && !description.readsConfiguration
        }
        let warnings = try parse(options + [verb]).warnings
        #expect(warnings.count == ignored.count, "\(warnings)")
        for (warning, option) in zip(warnings.sorted(), ignored.sorted()) {
            #expect(
                warning.hasPrefix("mkosi \(description.name) ") && warning.contains("ignores "),
                "\(warning) \(option)"
            )
        }
    }

    @Test("An option that a verb ignores has no value")
    func ignoredValue() throws {
        #expect(try parse(["ssh", "-B"])[SharedOptions.autoBump] == nil)
        #expect(try parse(["summary", "-B"])[SharedOptions.autoBump] == true)
        // With History=yes it selects these options, and not those of the last build.
        #expect(try parse(["ssh", "-f"])[SharedOptions.force] == 1)
        #expect(try parse(["init", "-f"])[SharedOptions.force] == 0)
    }

    @Test("Arguments of an option that may be repeated add up")
    func repeated() throws {
        let words = ["plugin", "check", "--only", "a", "--tap", "--only=b", "place"]
        let invocation = try parse(words)
        #expect(invocation[PluginVerb.only] == ["a", "b"])
        #expect(invocation[PluginVerb.tap] && !invocation[PluginVerb.names])
        #expect(invocation.arguments == ["check", "place"])
        #expect(try parse(["plugin", "check"])[PluginVerb.only] == [])
    }

    @Test("Old and negated spellings have the value of the option")
    func values() throws {
        #expect(try parse(["build"])[SharedOptions.locked] == nil)
        #expect(try parse(["build", "--locked"])[SharedOptions.locked] == true)
        #expect(try parse(["build", "--locked=no"])[SharedOptions.locked] == false)
        #expect(try parse(["build", "--no-locked"])[SharedOptions.locked] == false)
        #expect(
            failure(["build", "--no-locked=yes"])?.message == "--no-locked takes no argument, but got \"yes\""
        )
        #expect(try parse(["plan", "--jobs", "3"])[SharedOptions.jobs] == 3)
        #expect(failure(["--jobs=0"])?.message == "--jobs needs a number from 1 to 4096, not \"0\"")
        #expect(try parse(["shell", "--at", "a:b"])[ShellVerb.step] == "a:b")
    }
}
