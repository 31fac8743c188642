import Configuration

/// A command line, understood: the verb, its arguments, and all options.
struct Invocation: Sendable, Equatable {
    /// The verb's name; `build` when the command line has none.
    var verb = "build"
    /// Whether the command line names a verb.
    var hasVerb = false
    /// What follows the verb, or `--`.
    var arguments: [String] = []
    /// Settings, in the order in which they were given.
    var settings: [ConfigurationRequest.OptionValue] = []
    /// How many times `-f` was given.
    var force = 0
    /// `-C`; empty: no configuration files.
    var directory: String?
    var debug = false
    var debugShell = false
    var debugWorkspace = false
    var debugSandbox = false
    var debugTiming = false
    var json = false
    var autoBump = false
    var wipeBuildDirectory = false
    var rerunBuildScripts = false
    var checkReproducible = false
    var prove = false
    /// `--at` and `--failed`, of `shell`.
    var step: String?
    var failed = false
    var commonName: String?
    var validDays: Int?
    var documentationFormat: String?
    /// `--default` and `--all-directory`.
    var legacy = LegacyRequest()
    /// `--all`.
    var all = false
    /// `--write`.
    var write = false
    /// `--jobs`; nil: as many as there are processors.
    var jobs: Int?
    /// `--locked` and `--no-locked`; nil: whether there is a lock file decides.
    var locked: Bool?
    /// `--update`, `--check` and `--diff`, of `lock`.
    var update = false
    var check = false
    var difference = false
    var version = false
    var help = false
    /// What was understood although it is not how one writes it today.
    var warnings: [String] = []

    init() {}
}
