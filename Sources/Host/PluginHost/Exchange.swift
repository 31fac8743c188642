import PluginWire

/// The state of one request: how long the host is willing to wait, and what it has heard so far.
struct Exchange {
    let method: String
    let id: Message.ID
    /// The silence that is too long.
    let patience: Duration
    private(set) var isCancelling = false
    /// The time at which waiting ends.
    private(set) var limit: ContinuousClock.Instant

    private let limits: PluginLimits
    private let isFixed: Bool
    private var notifications = 0
    private var bytes = 0

    init(method: String, id: Message.ID, limits: PluginLimits, deadline: ContinuousClock.Instant?) {
        self.method = method
        self.id = id
        self.limits = limits
        isFixed = deadline != nil
        patience = deadline == nil ? limits.silence(for: method) : limits.initialize
        limit = deadline ?? .now + patience
    }

    /// A message came.
    mutating func heard(bytes count: Int) {
        bytes += count
        if !isFixed, !isCancelling { limit = .now + patience }
    }

    mutating func notified() {
        notifications += 1
    }

    /// A service of the host ended; the time that it took is not the plugin's.
    mutating func served() {
        if !isFixed, !isCancelling { limit = .now + patience }
    }

    mutating func cancel() {
        isCancelling = true
        limit = .now + limits.cancel
    }

    /// The limit that was exceeded, as the rest of a sentence, or nil.
    var excess: String? {
        if notifications > limits.notifications {
            return "sent more than \(limits.notifications) notifications during \(method)"
        }
        if bytes > limits.bytesPerRequest {
            return "sent more than \(limits.bytesPerRequest >> 20) MiB during \(method)"
        }
        return nil
    }
}
