internal import CCrypto

/// An error about something that could not be signed, or about a signature that is not valid.
public struct SigningError: Error, Sendable, Equatable {
    /// One sentence without its final full stop.
    public var message: String
    /// One more sentence: what the user can do.
    public var hint: String?

    public init(_ message: String, hint: String? = nil) {
        self.message = message
        self.hint = hint
    }

    /// The text of libcrypto for the last failure.
    static var reason: String {
        var code = ERR_peek_last_error()
        if code == 0 { code = ERR_peek_error() }
        ERR_clear_error()
        return ERR_reason_error_string(code).map { String(cString: $0) } ?? "libcrypto gives no reason"
    }
}
