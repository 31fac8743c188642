import Glibc
public import PluginWire

extension ErrorObject {
    /// The answer to a method that the plugin does not have.
    public static func unsupported(_ method: String) -> ErrorObject {
        ErrorObject(code: .unsupported, message: "this plugin does not support \(method)")
    }

    /// The answer to a request that the host took back.
    public static var cancelled: ErrorObject {
        ErrorObject(code: .cancelled, message: "the request was cancelled")
    }

    /// Any error as an answer: those of the contract as they are, others as internal errors.
    public static func describing(_ error: any Error) -> ErrorObject {
        error as? ErrorObject ?? ErrorObject(code: .internalError, message: "\(error)")
    }

    /// An internal error for a system call that failed.
    ///
    /// - Parameters:
    ///   - action: What failed, as a verb with its object: `open`, `set the owner of`.
    ///   - path: The file concerned, or what else was acted on.
    ///   - number: The value of errno(3).
    /// - Returns: An error that says what could not be done, on what and why.
    public static func system(_ action: String, _ path: String, number: Int32) -> ErrorObject {
        ErrorObject(
            code: .internalError,
            message: "cannot \(action) \(path): \(String(cString: strerror(number)))",
            subject: path
        )
    }
}
