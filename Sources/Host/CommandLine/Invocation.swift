import Configuration

/// A parsed command line: the verb, its arguments, and all options.
struct Invocation: Sendable, Equatable {
    /// The verb's name; `build` when the command line has none.
    var verb = "build"
    /// True if the command line names a verb.
    var hasVerb = false
    /// What follows the verb, or `--`.
    var arguments: [String] = []
    /// How many of the arguments, the last ones, followed `--`.
    var passedArguments = 0
    /// Settings, in the order in which they were given.
    var settings: [ConfigurationRequest.OptionValue] = []
    /// Options that are not settings, by the long spelling of their declaration; read them with `self[option]`.
    var values: [String: OptionValue] = [:]
    /// What was understood although it is not how one writes it today.
    var warnings: [String] = []

    init() {}

    /// Which files of older generations are to be read; `--all` replaces the file for each of its runs.
    var legacy: LegacyRequest {
        LegacyRequest(file: self[SharedOptions.defaultFile], filesDirectory: self[SharedOptions.allDirectory])
    }
}
