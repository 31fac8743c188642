import Glibc

/// A system call that failed: which one, on what, and the reason that the kernel gave.
public struct SystemCallError: Error, Sendable, Equatable, CustomStringConvertible {
    public var call: String
    public var subject: String?
    public var errno: CInt

    public init(_ call: String, _ subject: String? = nil, errno: CInt) {
        self.call = call
        self.subject = subject
        self.errno = errno
    }

    /// The kernel's reason, in the words of strerror(3).
    public var reason: String { String(cString: strerror(errno)) }

    public var description: String {
        return subject.map { "\(call) \($0): \(reason)" } ?? "\(call): \(reason)"
    }
}

/// Runs a call until it is not interrupted by a signal, and turns -1 into an error with errno.
@discardableResult
public func systemCall<Result: SignedInteger>(
    _ call: String,
    _ subject: String? = nil,
    _ body: () -> Result
) throws(SystemCallError) -> Result {
    while true {
        let result = body()
        if result != -1 { return result }
        let reason = errno
        if reason != EINTR { throw SystemCallError(call, subject, errno: reason) }
    }
}
