import Synchronization

/// Layers created by this build; they satisfy `-ff` and are not rebuilt.
public final class NewLayers: Sendable {
    private let keys = Mutex<Set<String>>([])

    public init() {}

    func add(_ key: String) { _ = keys.withLock { $0.insert(key) } }

    func contains(_ key: String) -> Bool { keys.withLock { $0.contains(key) } }
}
