import Configuration
import JSON
import PluginHost
import PluginWire
import Support
import System

/// `mkosi plugin`: lists, shows, checks and makes plugins.
enum PluginVerb: VerbCommand {
    static let tap = CommandOption<Bool>.flag("--tap", "Print the checks in the Test Anything Protocol")
    static let names = CommandOption<Bool>.flag(
        "--list",
        "Print the names of the checks that build images, and run none"
    )
    static let only = CommandOption<[String]>.texts(
        "--only",
        "TEXT",
        "Of the checks that build images, run those with this text in their names; may be repeated"
    )
    static let language = CommandOption<String?>.choice(
        "--language",
        "LANGUAGE",
        PluginCommand.languages,
        "Programming language of the new plugin"
    )
    static let kind = CommandOption<String?>.choice(
        "--kind",
        "KIND",
        PluginCommand.kinds,
        "Kind of the new plugin; default: distribution, or format in shell"
    )

    /// A word that follows `mkosi plugin`, with what may follow it.
    private struct Subcommand {
        var name: String
        var usage: String
        /// The number of words after its own.
        var words: ClosedRange<Int>
        var options: [OptionDeclaration] = []
    }

    private static let subcommands = [
        Subcommand(name: "list", usage: "list", words: 0...0),
        Subcommand(name: "info", usage: "info NAME", words: 1...1),
        Subcommand(
            name: "check",
            usage: "check [--tap | --list] [--only TEXT]… [PATH]",
            words: 0...1,
            options: [tap.declaration, names.declaration, only.declaration]
        ),
        Subcommand(
            name: "new",
            usage: "new NAME --language LANGUAGE [--kind KIND]",
            words: 1...1,
            options: [language.declaration, kind.declaration]
        ),
        Subcommand(name: "index", usage: "index DIRECTORY…", words: 1...Int.max),
    ]

    static var description: VerbDescription {
        let usage = subcommands.map(\.usage).joined(separator: " | ")
        return VerbDescription("plugin", .words, usage: usage, "List, check and make plugins")
            .details(
                "list shows the plugins that are found, and info describes one of them.",
                "check tests a plugin by its name or directory; the exit status is 1 if a check fails.",
                "new creates a plugin from a template, in a directory of its name below the current one or that of -C.",
                "index prints what the plugins in these directories provide, for lib/mkosi/known-plugins.json."
            )
            .completes(.words(subcommands.map(\.name)))
            .example("mkosi plugin new acme --language python")
            .options([tap.declaration, names.declaration, only.declaration, language.declaration, kind.declaration])
            .withoutConfiguration()
    }

    static func run(_ context: CommandContext) throws(Failure) -> CInt {
        var words = context.invocation.arguments[...]
        let subcommand = try subcommand(words.popFirst() ?? "list")
        try check(Array(words), context.invocation, of: subcommand)
        let invocation = context.invocation
        let command = command(context)
        switch subcommand.name {
        case "info": try command.info(words.first ?? "")
        case "check":
            return try command.check(
                words.first ?? ".",
                isTAP: invocation[tap],
                isList: invocation[names],
                only: invocation[only]
            )
        case "new":
            guard let language = invocation[language] else {
                throw Failure(
                    .usage,
                    "mkosi plugin new needs --language",
                    hint: "Languages are \(PluginCommand.languages.joined(separator: ", "))"
                )
            }
            try command.new(words.first ?? "", language: language, kind: invocation[kind], in: context.directory)
        case "index": try index(Array(words), context)
        default: try command.list()
        }
        return 0
    }

    private static func command(_ context: CommandContext) -> PluginCommand {
        let project = context.invocation[SharedOptions.directory] == "" ? nil : context.directory
        let installation = Installation.current()
        let environment = context.host.environment
        return PluginCommand(
            searchPath: .standard(project: project, installation: installation) { environment[$0] },
            installation: installation,
            version: Version.product,
            rules: .program,
            currentDirectory: context.host.currentDirectory
        ) { text throws(Failure) in
            try context.output.write(text)
        }
    }

    private static func subcommand(_ word: String) throws(Failure) -> Subcommand {
        if let found = subcommands.first(where: { $0.name == word }) { return found }
        let names = subcommands.map(\.name)
        throw Failure(
            .usage,
            "There is no command \"mkosi plugin \(word)\"",
            hint: Suggestion.hint(for: word, in: names) ?? "Commands are \(names.joined(separator: ", "))"
        )
    }

    /// Refuses words and options that mean nothing to the subcommand.
    private static func check(
        _ words: [String],
        _ invocation: Invocation,
        of subcommand: Subcommand
    ) throws(Failure) {
        let usage = "Usage: mkosi plugin \(subcommand.usage)"
        if words.count > subcommand.words.upperBound {
            let word = words[subcommand.words.upperBound]
            throw Failure(.usage, "mkosi plugin \(subcommand.name) does not expect \"\(word)\"", hint: usage)
        }
        if words.count < subcommand.words.lowerBound {
            throw Failure(.usage, "mkosi plugin \(subcommand.name) needs an argument", hint: usage)
        }
        for owner in subcommands where owner.name != subcommand.name {
            guard let option = owner.options.first(where: { invocation.values[$0.long] != nil }) else { continue }
            throw Failure(
                .usage,
                "mkosi plugin \(subcommand.name) has no option \(option.long)",
                hint: "Use it with mkosi plugin \(owner.name)"
            )
        }
    }

    /// Prints what plugins provide, for an installation that knows them where they are not installed.
    private static func index(_ words: [String], _ context: CommandContext) throws(Failure) {
        let directories = words.map { Paths.absolute($0, from: context.host.currentDirectory) }
        let catalogue = PluginCatalogue(PluginSearchPath(directories: directories), rules: .program)
        if let problem = catalogue.problems.first { throw problem }
        let facts = PluginFacts(manifests: catalogue.plugins.map(\.manifest))
        try context.output.write(facts.knownPluginsList.indentedText)
    }
}
