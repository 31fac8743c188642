internal import Glibc

/// An error about an archive or a tree, in one sentence that names the file.
public struct ImageError: Error, Sendable, Equatable {
    /// The kind of failure, for callers that go on in another way.
    public struct Code: Sendable, Equatable {
        private enum Value {
            case input, output, damaged, missing, escape, unsupported
        }
        private var value: Value

        /// A file could not be read.
        public static let input = Code(value: .input)
        /// A file could not be written: no space, no permission.
        public static let output = Code(value: .output)
        /// An archive is truncated or holds garbage.
        public static let damaged = Code(value: .damaged)
        /// A file or a member of an archive is not there.
        public static let missing = Code(value: .missing)
        /// A path would leave the root that it belongs to.
        public static let escape = Code(value: .escape)
        /// Something that this library, or the file system, cannot do.
        public static let unsupported = Code(value: .unsupported)
    }

    public var code: Code
    /// One sentence without a final full stop.
    public var message: String
    /// The file that it is about.
    public var path: String
    /// errno, where a system call failed.
    public var number: Int32?

    public init(_ code: Code, _ message: String, path: String, number: Int32? = nil) {
        self.code = code
        self.message = message
        self.path = path
        self.number = number
    }

    /// The failure of a system call: "cannot open /a/b: Permission denied".
    init(_ code: Code, cannot action: String, _ path: String, number: Int32 = errno) {
        self.init(code, "cannot \(action) \(path): \(String(cString: strerror(number)))", path: path, number: number)
    }
}

extension ImageError: CustomStringConvertible {
    public var description: String { message }
}
