package import JSON
package import PluginWire

/// The way from the plugin's code to the host: lines on a pipe, or functions that the host handed to a library.
package protocol HostConnection: Sendable {
    /// Asks the host and waits for its answer.
    func call(_ method: String, _ parameters: JSON) throws(ErrorObject) -> JSON

    /// Sends the host a notification.
    func notify(_ method: String, _ parameters: JSON)

    /// True if the host took the running request back.
    var isCancelled: Bool { get }
}
