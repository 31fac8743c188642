import Support

/// What the command line knows of a verb before it runs.
struct VerbDescription: Sendable, Equatable {
    var name: String
    var arguments: Arguments
    /// What follows the verb in help.
    var usage: String
    /// One sentence for `--help`.
    var help: String

    enum Arguments: Sendable {
        /// There are none.
        case none
        /// Words without a dash, and everything after `--`.
        case words
        /// Everything after the verb, options too.
        case raw
    }

    init(_ name: String, _ arguments: Arguments, usage: String = "", _ help: String) {
        self.name = name
        self.arguments = arguments
        self.usage = usage
        self.help = help
    }
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
        SummaryVerb.self,
        CleanVerb.self,
        PluginVerb.self,
        HelpVerb.self,
    ]

    static let descriptions = all.map { $0.description }

    static func named(_ name: String) -> (any VerbCommand.Type)? {
        all.first { $0.description.name == name }
    }
}
