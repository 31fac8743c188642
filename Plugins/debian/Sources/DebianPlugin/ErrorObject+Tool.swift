import ArchiveKit
import PluginKit
import PluginWire

extension ErrorObject {
    /// Any error of a tool as one of the contract: a damaged package is not to be trusted.
    static func ofTool(_ error: any Error) -> ErrorObject {
        guard let error = error as? ImageError else { return describing(error) }
        return ErrorObject(
            code: error.code == .damaged ? .untrusted : .internalError,
            message: error.message,
            subject: error.path
        )
    }
}
