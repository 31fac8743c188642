import Configuration
import Support

/// The declaration of an option of the command line that is not a setting.
///
/// Help, completion and the parser all read it; the value is looked up with the `CommandOption` that has it.
struct OptionDeclaration: Sendable, Equatable {
    /// The long spelling, such as `--jobs`, which is also the identity of the option.
    ///
    /// Verbs may share an option, each with a help text of its own.
    var long: String
    var short: Character?
    /// Nil for an option without an argument.
    var argument: Argument?
    /// A phrase for `--help`, without a full stop.
    var help: String
    /// The help text of `--no-NAME`; nil where there is no such spelling.
    var negationHelp: String?
    /// True if the manual of mkosi lists the option for every verb: see `VerbDescription.isDropIn`.
    var isDropIn = false

    enum Argument: Sendable, Equatable {
        /// An optional boolean; alone, the option means yes.
        case boolean
        case number(ClosedRange<Int>, metavar: String)
        case choice([String], metavar: String)
        case text(metavar: String)
        /// A text each time that the option is given.
        case texts(metavar: String)
        case file
        case directory
    }

    /// The placeholder of the argument in help; nil for an option without one.
    var metavar: String? {
        switch argument {
        case .boolean: "BOOL"
        case .number(_, let metavar), .choice(_, let metavar), .text(let metavar), .texts(let metavar): metavar
        case .file: "FILE"
        case .directory: "DIR"
        case nil: nil
        }
    }

    /// True if the argument may be omitted.
    var isArgumentOptional: Bool { argument == .boolean }

    /// `--no-locked` of `--locked`.
    var negation: String? { negationHelp == nil ? nil : "--no-\(long.dropFirst(2))" }

    /// Returns the value that an argument means, or throws a usage error that names the option as `name`.
    func value(of text: String, name: String) throws(Failure) -> OptionValue {
        switch argument {
        case .boolean:
            guard let value = ConfigurationRequest.boolean(text) else {
                throw Failure(.usage, "\(name) needs a boolean, not \"\(text)\"", hint: "Use yes or no")
            }
            return .boolean(value)
        case .number(let range, _):
            guard let number = Int(text), range.contains(number) else {
                let bounds = "from \(range.lowerBound) to \(range.upperBound)"
                throw Failure(.usage, "\(name) needs a number \(bounds), not \"\(text)\"")
            }
            return .number(number)
        case .choice(let words, _):
            guard words.contains(text) else {
                let near = Suggestion.nearest(to: text, in: words).map { "Did you mean \"\($0)\"? " } ?? ""
                throw Failure(
                    .usage,
                    "\(name) cannot be \"\(text)\"",
                    hint: "\(near)Allowed: \(words.joined(separator: ", "))"
                )
            }
            return .text(text)
        case .texts: return .texts([text])
        case .text, .file, .directory, nil: return .text(text)
        }
    }
}

/// The value of an option on a command line.
enum OptionValue: Sendable, Equatable {
    /// The number of times that an option without an argument was given.
    case count(Int)
    case boolean(Bool)
    case number(Int)
    case text(String)
    case texts([String])
}
