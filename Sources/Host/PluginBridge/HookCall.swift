import PluginWire

/// The state of one call of a hook: its memory, its results, and its failure.
final class HookCall {
    let id: Message.ID
    let memory = CallMemory()
    let results = ResultBuilder()
    /// The error that the plugin reported with `fail`.
    var failure: ErrorObject?
    /// The last error of a service.
    var serviceError: ErrorObject?
    /// The first error of a function that sets a result.
    var resultError: ErrorObject?

    init(id: Message.ID) {
        self.id = id
    }

    /// The error that the request is answered with, or nil if the hook succeeded.
    func error(status: Int32, hook: String) -> ErrorObject? {
        if var failure {
            if status != 0 { failure.code = Int(status) }
            return failure
        }
        if status == 0 { return resultError }
        if let serviceError, serviceError.code == Int(status) { return serviceError }
        if status == Int32(ErrorObject.Code.cancelled.rawValue) {
            return ErrorObject(code: .cancelled, message: "the request was cancelled")
        }
        return ErrorObject(
            code: ErrorObject.Code(rawValue: Int(status)),
            message: "the hook \(hook) failed with code \(status) and did not say why"
        )
    }
}
