import Synchronization

/// The layers that images of this build have made, which are as fresh as somebody wants who asks for everything anew.
public final class NewLayers: Sendable {
    private let keys = Mutex<Set<String>>([])

    public init() {}

    func add(_ key: String) { _ = keys.withLock { $0.insert(key) } }

    func contains(_ key: String) -> Bool { keys.withLock { $0.contains(key) } }
}
