import Support

/// What the command line knows of a verb before it runs.
struct VerbDescription: Sendable, Equatable {
    var name: String
    /// Other names of the same verb.
    var aliases: [String] = []
    var arguments: Arguments
    /// What follows the verb in help.
    var usage: String
    /// One sentence for `--help`.
    var help: String
    /// More for `mkosi help VERB`, one paragraph an element.
    var details: [String] = []
    /// What completion offers after the verb.
    var completes = Completes.nothing
    /// Whether the verb is known but cannot be done yet.
    var isPlanned = false

    enum Arguments: Sendable {
        /// There are none.
        case none
        /// Words without a dash, and everything after `--`.
        case words
        /// Everything after the verb, options too.
        case raw
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

    /// Whether this is the verb of this name.
    func isCalled(_ word: String) -> Bool { name == word || aliases.contains(word) }
}

/// A verb: what help says of it, and what it does.
///
/// Each stands in a file of its own in `Verbs`.
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
        LockVerb.self,
        CacheVerb.self,
        BumpVerb.self,
        SummaryVerb.self,
        CatConfigVerb.self,
        ExplainVerb.self,
        SchemaVerb.self,
        DependenciesVerb.self,
        LatestSnapshotVerb.self,
        InitVerb.self,
        MigrateVerb.self,
        PluginVerb.self,
        CompletionVerb.self,
        DocumentationVerb.self,
        HelpVerb.self,
    ]

    static let descriptions = all.map { $0.description } + PlannedVerbs.all

    static func named(_ name: String) -> (any VerbCommand.Type)? {
        all.first { $0.description.isCalled(name) }
    }
}
