internal import CShims
internal import Glibc

/// The rules for calling the kernel: a result is not negative, or it is a negated errno.
enum SystemCall {
    static func reason(_ number: Int32) -> String {
        String(cString: strerror(number))
    }

    /// Turns a negated errno into an error that names the call and its path.
    @discardableResult
    static func check(
        _ result: Int32,
        _ call: String,
        _ path: String? = nil,
        while doing: @autoclosure () -> String,
        hint: @autoclosure () -> String? = nil
    ) throws(SandboxError) -> Int32 {
        guard result < 0 else { return result }
        throw SandboxError(doing(), call: call, path: path, errno: -result, hint: hint())
    }

    /// The result of a function of the C library in the same form.
    static func result(_ body: () -> Int32) -> Int32 {
        while true {
            let result = body()
            guard result < 0 else { return result }
            let reason = errno
            guard reason == EINTR else { return -reason }
        }
    }
}
