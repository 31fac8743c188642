import JSON
import PluginWire

/// Coding between the typed values of the contract and the untyped ones of a message, with the contract's errors.
enum Wire {
    static func untyped(_ value: some Encodable) throws(ErrorObject) -> JSON {
        do {
            return try JSONText.untyped(value)
        } catch {
            throw ErrorObject(code: .internalError, message: "a message could not be encoded: \(error)")
        }
    }
}
