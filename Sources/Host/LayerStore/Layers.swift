import CFiles
import Glibc
import Support
import System

/// The result of `makeOrWait`.
public enum LayerBeginning: ~Copyable {
    /// Another process has created the layer in the meantime.
    case made(HeldLayer)
    /// A reserved directory; other processes wait until the layer is published.
    case pending(PendingLayer)
}

/// A finished layer that cannot be removed while this value lives.
public struct HeldLayer: ~Copyable {
    public let key: LayerKey
    public let record: LayerRecord
    /// The directory of the layer.
    public let path: String
    let lock: Descriptor?

    /// A layer of a store that removes nothing on its own needs no lock.
    public init(key: LayerKey, path: String, record: LayerRecord) {
        self.init(key: key, path: path, record: record, lock: nil)
    }

    init(key: LayerKey, path: String, record: LayerRecord, lock: consuming Descriptor?) {
        self.key = key
        self.path = path
        self.record = record
        self.lock = lock
    }

    /// Sets the time of last use, by which the least recently used layers are removed first.
    func noteUse() {
        switch lock {
        case .some(let lock): _ = mkosi_set_modified(lock.number, Int64(time(nil)), 0)
        case nil: break
        }
    }

    /// A lower directory for an overlay; it may never be written to.
    public var tree: String { "\(path)/tree" }
    /// The directories that its scripts left for later steps, if there are any.
    public var shared: String { "\(path)/shared" }
}

/// A layer that is being created; it is not visible to others before it is published.
public struct PendingLayer: ~Copyable {
    public let key: LayerKey
    /// The directory of the layer, as long as it is in the making.
    public let path: String
    let lock: Descriptor?
    private let making: MakingLock?

    /// A layer of a store that nothing else makes layers in.
    public init(key: LayerKey, path: String) {
        self.init(key: key, path: path, lock: nil, making: nil)
    }

    init(key: LayerKey, path: String, lock: consuming Descriptor?, making: consuming MakingLock?) {
        self.key = key
        self.path = path
        self.lock = lock
        self.making = making
    }

    /// The upper directory of the overlay that the step works on.
    public var tree: String { "\(path)/tree" }
    /// The work directory of that overlay.
    public var work: String { "\(path)/work" }
}
