internal import Glibc
internal import System

/// An error about a disk image or the definitions of its partitions.
public struct DiskError: Error, Sendable, Equatable {
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
        private enum Kind { case definition, layout, damaged, system }
        private let kind: Kind

        /// A partition definition is wrong.
        public static let definition = Code(kind: .definition)
        /// The partitions do not fit.
        public static let layout = Code(kind: .layout)
        /// The input is not a valid structure.
        public static let damaged = Code(kind: .damaged)
        /// A system call or a library failed.
        public static let system = Code(kind: .system)
    }
}

extension DiskError {
    /// The failure of the last system call: "Cannot open usr/bin: Permission denied".
    static func system(_ action: String, _ subject: String, errno number: Int32 = errno) -> DiskError {
        DiskError(.system, "Cannot \(action) \(subject): \(String(cString: strerror(number)))")
    }

    /// Describes what a call on a file threw.
    static func calling<Result: ~Copyable>(
        _ action: String,
        _ subject: String,
        _ body: () throws(SystemCallError) -> Result
    ) throws(DiskError) -> Result {
        do throws(SystemCallError) {
            return try body()
        } catch {
            throw system(action, subject, errno: error.errno)
        }
    }
}
