/// An error about what starts a system: an image of firmware, a kernel, its modules.
public struct BootError: Error, Sendable, Equatable {
    public var code: Code
    /// One sentence without its final full stop.
    public var message: String
    /// One more sentence: what the user can do.
    public var hint: String?

    public init(_ code: Code, _ message: String, hint: String? = nil) {
        self.code = code
        self.message = message
        self.hint = hint
    }

    /// The kind of error, for programs; new kinds may come.
    public struct Code: Sendable, Hashable {
        private enum Kind { case damaged, input, missing, system }
        private let kind: Kind

        /// The input is not a valid structure.
        public static let damaged = Code(kind: .damaged)
        /// The request cannot be fulfilled.
        public static let input = Code(kind: .input)
        /// Something that is needed does not exist.
        public static let missing = Code(kind: .missing)
        /// A file could not be read or written.
        public static let system = Code(kind: .system)
    }
}

extension BootError: CustomStringConvertible {
    public var description: String { message }
}
