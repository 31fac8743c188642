/// The error of a response: a code for programs, one sentence for display, and a hint.
public struct ErrorObject: Error, Codable, Sendable, Equatable {
    public var code: Int
    /// One sentence without a final full stop.
    public var message: String
    public var data: Details?

    public struct Details: Codable, Sendable, Equatable {
        /// One more sentence: what the user can do.
        public var hint: String?
        /// The file, URL or command that the error is about.
        public var subject: String?
        /// The last lines that a failed command wrote.
        public var output: String?

        public init(hint: String? = nil, subject: String? = nil, output: String? = nil) {
            self.hint = hint
            self.subject = subject
            self.output = output
        }
    }

    public init(code: Code, message: String, hint: String? = nil, subject: String? = nil, output: String? = nil) {
        self.code = code.rawValue
        self.message = message
        if hint != nil || subject != nil || output != nil {
            data = Details(hint: hint, subject: subject, output: output)
        }
    }

    /// The codes of JSON-RPC 2.0 and, from 1 on, those of this contract.
    public struct Code: RawRepresentable, Sendable, Equatable {
        public var rawValue: Int
        public init(rawValue: Int) { self.rawValue = rawValue }

        public static let parseError = Code(rawValue: -32700)
        public static let invalidRequest = Code(rawValue: -32600)
        public static let methodNotFound = Code(rawValue: -32601)
        public static let invalidParameters = Code(rawValue: -32602)
        public static let internalError = Code(rawValue: -32603)
        /// No version of the protocol or of the interface is common to both sides.
        public static let noCommonVersion = Code(rawValue: 1)
        /// The request was cancelled.
        public static let cancelled = Code(rawValue: 2)
        /// A command failed.
        public static let commandFailed = Code(rawValue: 3)
        /// A signature or a digest is not what it has to be.
        public static let untrusted = Code(rawValue: 4)
        /// A requested package, release, snapshot or other object does not exist.
        public static let notFound = Code(rawValue: 5)
        /// The plugin does not do this.
        public static let unsupported = Code(rawValue: 6)
    }
}
