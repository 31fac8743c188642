import Configuration

/// A parsed command line: the verb, its arguments, and all options.
struct Invocation: Sendable, Equatable {
    /// The verb's name; `build` when the command line has none.
    var verb = "build"
    /// True if the command line names a verb.
    var hasVerb = false
    /// The words after the verb, or after `--`.
    var arguments: [String] = []
    /// The number of arguments, the last ones, that followed `--`.
    var passedArguments = 0
    /// Settings, in the order in which they were given.
    var settings: [ConfigurationRequest.OptionValue] = []
    /// Options that are not settings, by the long spelling of their declaration; read them with `self[option]`.
    var values: [String: OptionValue] = [:]
    /// The warnings about words that were understood although they are written differently today.
    var warnings: [String] = []

    init() {}

    /// The files of older generations that are to be read; `--all` replaces the file for each of its runs.
    var legacy: LegacyRequest {
        LegacyRequest(file: self[SharedOptions.defaultFile], filesDirectory: self[SharedOptions.allDirectory])
    }
}
