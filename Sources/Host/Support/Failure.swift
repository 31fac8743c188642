/// An error for the user: what failed and on what, what they can do, and what caused it.
///
/// Every module of the host throws or propagates this type; the command line prints it and exits with status 1.
public struct Failure: Error, Sendable {
    public var code: Code
    /// One sentence without its final full stop.
    public var message: String
    /// One more sentence: what the user can do.
    public var hint: String?
    /// Lines to be shown below the message as they are: the tail of a command's output, an underlined line of a file.
    public var excerpt: [String]
    public var cause: (any Error)?

    public init(
        _ code: Code,
        _ message: String,
        hint: String? = nil,
        excerpt: [String] = [],
        cause: (any Error)? = nil
    ) {
        self.code = code
        self.message = message
        self.hint = hint
        self.excerpt = excerpt
        self.cause = cause
    }

    /// The kind of failure, for programs; new kinds may come.
    public struct Code: Sendable, Hashable, CustomStringConvertible {
        private enum Kind: String {
            case usage, configuration, missing, system, command, plugin, untrusted, cancelled, exists, busy, changed
        }

        private let kind: Kind

        public var description: String { kind.rawValue }

        /// The command line makes no sense.
        public static let usage = Code(kind: .usage)
        /// A configuration file or a value in it makes no sense.
        public static let configuration = Code(kind: .configuration)
        /// A file, program or package that is needed does not exist.
        public static let missing = Code(kind: .missing)
        /// A system call failed.
        public static let system = Code(kind: .system)
        /// A command that was run failed.
        public static let command = Code(kind: .command)
        /// A plugin broke the contract or reported an error.
        public static let plugin = Code(kind: .plugin)
        /// A signature or a digest is not what it has to be.
        public static let untrusted = Code(kind: .untrusted)
        /// The user or a signal ended the work.
        public static let cancelled = Code(kind: .cancelled)
        /// The output is there already.
        public static let exists = Code(kind: .exists)
        /// Something that was kept is not what it was, and has been removed: the work has to begin again.
        public static let changed = Code(kind: .changed)
        /// Another build holds what this one needs.
        public static let busy = Code(kind: .busy)
    }
}

extension Failure: CustomStringConvertible {
    /// The message and, after a colon, those of its causes.
    public var description: String {
        var text = message
        var next = cause
        while let cause = next {
            if let failure = cause as? Failure {
                text += ": \(failure.message)"
                next = failure.cause
            } else {
                text += ": \(cause)"
                next = nil
            }
        }
        return text
    }

    /// The first hint on the way down to the root cause.
    public var firstHint: String? {
        hint ?? (cause as? Failure)?.firstHint
    }

    /// The first excerpt on the way down to the root cause.
    public var firstExcerpt: [String] {
        excerpt.isEmpty ? (cause as? Failure)?.firstExcerpt ?? [] : excerpt
    }
}
