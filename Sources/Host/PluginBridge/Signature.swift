/// The way in which a hook is called: with JSON text, or with the C arguments that its signature string names.
///
/// The grammar is in `mkosi_plugin.h`.
enum Signature: Equatable {
    case json
    case typed([Parameter])

    struct Parameter: Equatable {
        var kind: Kind
        var optional: Bool
        /// Empty for the services and for the whole `params`.
        var path: [Step]
        /// The path as it is written, for messages.
        var text: String
    }

    enum Kind: Character {
        case services = "h"
        case integer = "i"
        case boolean = "b"
        case string = "s"
        case strings = "S"
        case data = "d"
    }

    enum Step: Equatable {
        case member(String)
        case element(Int)
        case all
    }

    /// The problem of a signature, and its position, counted from 1.
    struct Problem: Error, Equatable {
        var column: Int
        var message: String
    }

    static let maximumArguments = 32

    init(parsing text: String) throws(Problem) {
        var parser = SignatureParser(text)
        self = try parser.signature()
    }
}
