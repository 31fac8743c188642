import PluginWire

/// The limits of a plugin: time, bytes and messages.
public struct PluginLimits: Sendable {
    /// From the start of the process to the answer to `initialize`.
    public var initialize: Duration
    /// Silence that ends a request which does no work: `describe`, `configure`.
    public var shortRequest: Duration
    /// Silence that ends any other request: no message from the plugin and no host service at work for it.
    public var request: Duration
    /// The factor by which a check of the plugin waits longer for an answer than a request may be silent, whatever arrives meanwhile.
    public var checkFactor = 10
    /// From `cancel` to the answer.
    public var cancel: Duration
    /// From `shutdown` to the end of the process.
    public var shutdown: Duration
    /// Bytes of one message, with its line feed.
    public var messageSize: Int
    /// Notifications during one request.
    public var notifications: Int
    /// Bytes of all messages during one request.
    public var bytesPerRequest: Int

    /// Bytes of messages to the plugin that it has not read yet: room for a request and an answer.
    public var unread: Int { 2 * messageSize }

    /// The limits that PROTOCOL.md states.
    public static let standard = PluginLimits(
        initialize: .seconds(10),
        shortRequest: .seconds(30),
        request: .seconds(600),
        cancel: .seconds(5),
        shutdown: .seconds(2),
        messageSize: ABI.maximumMessageSize,
        notifications: 100_000,
        bytesPerRequest: 256 << 20
    )

    /// The standard limits, with the silence of `$MKOSI_PLUGIN_TIMEOUT` seconds where that is a positive number.
    public static func standard(timeout: String?) -> PluginLimits {
        var limits = standard
        if let seconds = timeout.flatMap(Int.init), seconds > 0 { limits.request = .seconds(seconds) }
        return limits
    }

    /// The limits of `mkosi plugin check`, where nothing is as large as in a build.
    var forChecks: PluginLimits {
        var limits = self
        if limits.request == Self.standard.request { limits.request = .seconds(60) }
        return limits
    }

    /// The silence that ends a request with this method.
    func silence(for method: String) -> Duration {
        switch method {
        case ABI.V1.Description.method, ABI.V1.Configure.method: min(shortRequest, request)
        default: request
        }
    }
}
