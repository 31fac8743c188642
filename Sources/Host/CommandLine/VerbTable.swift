import Support

/// The properties of a verb that the command line knows before it runs.
struct VerbDescription: Sendable, Equatable {
    var name: String
    /// Other names of the same verb.
    var aliases: [String] = []
    var arguments: Arguments
    /// The words after the verb in help.
    var usage: String
    /// One sentence for `--help`.
    var help: String
    /// More for `mkosi help VERB`, one paragraph an element.
    var details: [String] = []
    /// The words that completion offers after the verb.
    var completes = Completes.nothing
    /// The options of the verb, besides those that it shares with all verbs.
    var options: [OptionDeclaration] = []
    /// A command line that shows how the verb is used.
    var example = ""
    /// True if the verb reads the configuration of the project, and so has every setting as an option.
    var readsConfiguration = true
    /// True if scripts that were written for mkosi of the same generation know the verb.
    ///
    /// Its manual lists all options for all verbs: those that mean nothing to this one give a warning only.
    var isDropIn = false

    enum Arguments: Sendable {
        /// There are none.
        case none
        /// Words without a dash, and everything after `--`.
        case words
        /// A command with its arguments: options end at its first word, or at `--`.
        case command
    }

    enum Completes: Sendable, Equatable {
        case nothing
        case files
        case settings
        case verbs
        case manuals
        case words([String])
    }

    init(_ name: String, _ arguments: Arguments, usage: String = "", _ help: String) {
        self.name = name
        self.arguments = arguments
        self.usage = usage
        self.help = help
    }

    func aliases(_ names: String...) -> Self {
        var description = self
        description.aliases = names
        return description
    }

    func details(_ paragraphs: String...) -> Self {
        var description = self
        description.details = paragraphs
        return description
    }

    func completes(_ kind: Completes) -> Self {
        var description = self
        description.completes = kind
        return description
    }

    func options(_ options: [OptionDeclaration]) -> Self {
        var description = self
        description.options += options
        return description
    }

    func option<Value>(_ option: CommandOption<Value>) -> Self { options([option.declaration]) }

    func example(_ command: String) -> Self {
        var description = self
        description.example = command
        return description
    }

    func withoutConfiguration() -> Self {
        var description = self
        description.readsConfiguration = false
        return description
    }

    func dropIn() -> Self {
        var description = self
        description.isDropIn = true
        return description
    }

    /// The options that the verb shares with others, without those that it explains itself.
    var sharedOptions: [OptionDeclaration] {
        let shared = SharedOptions.all + (readsConfiguration ? SharedOptions.configuration : [])
        return shared.filter { option in !options.contains { $0.long == option.long } }
    }

    /// Returns true if the option with this long spelling means something to the verb.
    func accepts(_ long: String) -> Bool {
        func isNamed(_ option: OptionDeclaration) -> Bool { option.long == long }
        return options.contains(where: isNamed) || SharedOptions.all.contains(where: isNamed)
            || readsConfiguration && SharedOptions.configuration.contains(where: isNamed)
    }

    /// Returns true if this is the verb of this name.
    func isCalled(_ word: String) -> Bool { name == word || aliases.contains(word) }
}

/// A verb: its description with its options, and its action.
///
/// Each is in a file of its own in `Verbs`.
protocol VerbCommand: SendableMetatype {
    static var description: VerbDescription { get }

    /// Does the work and returns the exit status.
    static func run(_ context: CommandContext) throws(Failure) -> CInt
}

/// All verbs, in the order of help.
enum VerbTable {
    static let all: [any VerbCommand.Type] = [
        BuildVerb.self,
        CleanVerb.self,
        PlanVerb.self,
        ShellVerb.self,
        BootVerb.self,
        MachineVerb.self,
        SSHVerb.self,
        JournalVerb.self,
        CoreDumpVerb.self,
        ServeVerb.self,
        BurnVerb.self,
        UpdateVerb.self,
        BoxVerb.self,
        LockVerb.self,
        CacheVerb.self,
        BumpVerb.self,
        SummaryVerb.self,
        CatConfigVerb.self,
        ExplainVerb.self,
        SchemaVerb.self,
        DependenciesVerb.self,
        LatestSnapshotVerb.self,
        GenkeyVerb.self,
        InitVerb.self,
        MigrateVerb.self,
        PluginVerb.self,
        CompletionVerb.self,
        DocumentationVerb.self,
        HelpVerb.self,
    ]

    static let descriptions = all.map { $0.description }

    static func named(_ name: String) -> (any VerbCommand.Type)? {
        all.first { $0.description.isCalled(name) }
    }
}
