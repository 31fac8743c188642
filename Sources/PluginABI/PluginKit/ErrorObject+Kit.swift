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
    static func describing(_ error: any Error) -> ErrorObject {
        error as? ErrorObject ?? ErrorObject(code: .internalError, message: "\(error)")
    }
}
