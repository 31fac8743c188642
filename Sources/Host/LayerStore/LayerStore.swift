import CFiles
import FoundationEssentials
import Glibc
import PluginWire
public import Support

/// Results of steps, each in a directory named by the key of what the step read.
///
/// All builds of a user share one store. A layer is complete or it is not there: it is made in a directory of its own
/// and
/// renamed. Who uses a layer holds a shared lock on its directory; who removes one needs it alone; and one alone makes
/// it.
///
/// A layer's directory has `record.json`, `tree` (the upper directory of an overlay) and `work`, which an overlay needs
/// alongside.
public struct LayerStore: Sendable {
    public let directory: String

    static let pendingPrefix = "pending-"
    static let deadPrefix = "dead-"
    static let failedPrefix = "failed-"
    static let sizeName = "size"

    private static let hint =
        "Each user needs a separate one; set CacheDirectory= or $XDG_CACHE_HOME to another directory"

    /// Opens the store, and makes it where there is none.
    public init(directory: String) throws(Failure) {
        self.directory = directory
        do throws(Failure) {
            // The trees in it have set-uid programs, and whatever scripts wrote.
            try PrivateDirectory.make(directory)
        } catch {
            throw Failure(
                .system,
                "Cannot create the layer store in \(directory)",
                hint: Self.hint,
                cause: error
            )
        }
        if access(directory, R_OK | W_OK | X_OK) != 0 {
            let cause = SystemCallError("access", directory, errno: errno)
            throw Failure(.system, "Cannot use the layer store in \(directory)", hint: Self.hint, cause: cause)
        }
    }

    /// The layer of this key, kept from removal as long as the value lives; nil when the step has to run.
    public func take(_ key: LayerKey) -> HeldLayer? {
        guard let layer = look(at: key) else { return nil }
        layer.noteUse()
        return layer
    }

    /// The layer of this key as `take` has it, for a look that is no use of it.
    func look(at key: LayerKey) -> HeldLayer? {
        let path = "\(directory)/\(key.text)"
        guard let lock = Self.lock(path, LOCK_SH), let record = Self.record(in: path), !Self.isDoubtful(path) else {
            return nil
        }
        return HeldLayer(key: key, path: path, record: record, lock: lock)
    }

    /// Whether there is a layer of this key at the moment.
    public func contains(_ key: LayerKey) -> Bool {
        let path = "\(directory)/\(key.text)"
        return Files.exists("\(path)/record.json") && !Self.isDoubtful(path)
    }

    /// The directory of a layer whose step has failed, and its inputs; nil if nothing is kept.
    public func unfinished(_ name: String) -> (path: String, record: LayerRecord)? {
        let path = "\(directory)/\(Self.failedPrefix)\(name)"
        return Self.record(in: path).map { (path, $0) }
    }

    /// What `makeOrWait` found.
    public enum Beginning: ~Copyable {
        /// Another process has created the layer in the meantime.
        case made(HeldLayer)
        /// Directories for making it; who else wants it waits for that.
        case pending(PendingLayer)
    }

    /// Reserves a layer for the caller, or waits while another thread or process creates it and returns that one.
    ///
    /// Where they fail it is the caller's turn. `check` is called while waiting, and ends it by throwing;
    /// `onWait` is told once, when it takes longer than so many microseconds of patience.
    public func makeOrWait(
        _ key: LayerKey,
        check: () throws(Failure) -> Void,
        patience: UInt32 = 1_000_000,
        onWait: () -> Void = {}
    ) throws(Failure) -> Beginning {
        var (pause, waited, isTold): (UInt32, UInt32, Bool) = (0, 0, false)
        while true {
            guard let making = try begin(key) else {
                if waited >= patience, !isTold {
                    isTold = true
                    onWait()
                }
                try check()
                // Nothing wakes who waits for a lock and for something else; a layer takes longer than this to make.
                pause = min(50_000, pause + 2000)
                usleep(pause)
                waited = min(waited + pause, patience)
                continue
            }
            // Who had it before may have been ready a moment ago.
            if let held = take(key) { return .made(held) }
            return .pending(try pendingLayer(key, making))
        }
    }

    private func begin(_ key: LayerKey) throws(Failure) -> MakingLock? {
        do throws(SystemCallError) {
            return try MakingLock.take("\(directory)/\(MakingLock.prefix)\(key.text)")
        } catch {
            throw Failure(.system, "Cannot create a layer in \(directory)", cause: error)
        }
    }

    private func pendingLayer(_ key: LayerKey, _ making: consuming MakingLock) throws(Failure) -> PendingLayer {
        do throws(SystemCallError) {
            while true {
                let path = "\(directory)/\(Self.pendingPrefix)\(getpid())-\(UInt64.random(in: .min ... .max))"
                try systemCall("mkdir", path) { mkdir(path, 0o700) }
                try Files.shedInheritance(path, mode: 0o700)
                // A collection that comes in between takes the directory for that of a dead build: then once more.
                guard let lock = Self.lock(path, LOCK_SH | LOCK_NB) else { continue }
                for name in ["tree", "work"] { try Files.makeDirectories("\(path)/\(name)") }
                return PendingLayer(key: key, path: path, store: self, lock: lock, making: making)
            }
        } catch {
            throw Failure(.system, "Cannot create a layer in \(directory)", cause: error)
        }
    }

    /// Opens a directory and locks it; nil when it is not there, or when it was removed in the meantime.
    static func lock(_ path: String, _ operation: CInt) -> Descriptor? {
        guard let directory = try? Descriptor.open(path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW) else { return nil }
        guard mkosi_lock(directory.number, operation) == 0 else { return nil }
        // Between the two calls it may have been renamed away: then the name has another directory, or none.
        var locked = mkosi_status()
        var named = mkosi_status()
        guard mkosi_status_of(directory.number, &locked) == 0, mkosi_status_at(AT_FDCWD, path, &named) == 0,
            locked.inode == named.inode, locked.device == named.device
        else { return nil }
        return directory
    }

    static func write(_ record: LayerRecord, in path: String) throws {
        try Files.write(Array(try JSONText.encode(record)), to: "\(path)/record.json")
    }

    static func record(in path: String) -> LayerRecord? {
        guard let bytes = try? Files.read("\(path)/record.json") else { return nil }
        return try? JSONText.decode(LayerRecord.self, from: Data(bytes))
    }
}

/// A finished layer that cannot be removed while this value lives.
public struct HeldLayer: ~Copyable {
    public let key: LayerKey
    public let record: LayerRecord
    /// The directory of the layer.
    public let path: String
    private let lock: Descriptor

    init(key: LayerKey, path: String, record: LayerRecord, lock: consuming Descriptor) {
        self.key = key
        self.path = path
        self.record = record
        self.lock = lock
    }

    /// The time of the directory says when the layer was last of use: those that were not for long go first.
    fileprivate func noteUse() { _ = mkosi_set_modified(lock.number, Int64(time(nil)), 0) }

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
    private let store: LayerStore
    private let lock: Descriptor
    private let making: MakingLock

    init(
        key: LayerKey,
        path: String,
        store: LayerStore,
        lock: consuming Descriptor,
        making: consuming MakingLock
    ) {
        self.key = key
        self.path = path
        self.store = store
        self.lock = lock
        self.making = making
    }

    /// The upper directory of the overlay that the step works on.
    public var tree: String { "\(path)/tree" }
    /// The work directory of that overlay.
    public var work: String { "\(path)/work" }

    /// Keeps what there is for a look at it, in place of what was kept under that name before; returns its directory.
    ///
    /// `remove` deletes directories whose files may belong to other users.
    public consuming func keepUnfinished(
        _ record: LayerRecord,
        as name: String,
        remove: ([String]) throws(Failure) -> Void
    ) throws(Failure) -> String {
        let target = "\(store.directory)/\(LayerStore.failedPrefix)\(name)"
        try store.removeUnfinished(name, with: remove)
        do {
            try LayerStore.write(record, in: path)
        } catch {
            throw Failure(.system, "Cannot write the record of a layer", cause: error)
        }
        if rename(path, target) != 0 {
            throw Failure(.system, "Cannot store a layer", cause: SystemCallError("rename", target, errno: errno))
        }
        return target
    }

    /// Gives the layer its name, or another one by which it will not be looked for, and returns it held.
    ///
    /// If a layer with this key exists by now, it is used: both have the same inputs.
    public consuming func publish(_ record: LayerRecord, as other: LayerKey? = nil) throws(Failure) -> HeldLayer {
        let key = other ?? key
        let target = "\(store.directory)/\(key.text)"
        var record = record
        record.stamp = TreeStamp.of(tree)
        record.sharedStamp = TreeStamp.of("\(path)/shared")
        do {
            try Files.write("\(record.size)".utf8, to: "\(path)/\(LayerStore.sizeName)")
            try LayerStore.mark(path)
            try LayerStore.write(record, in: path)
        } catch {
            throw Failure(.system, "Cannot write the record of a layer", cause: error)
        }
        if rename(path, target) != 0 {
            var reason = errno
            if reason == EEXIST || reason == ENOTEMPTY {
                if let held = store.take(key) { return held }
                // A layer without a readable record is unusable, and must not block the key for ever.
                if store.bury(key.text) != nil, rename(path, target) == 0 {
                    return HeldLayer(key: key, path: target, record: record, lock: lock)
                }
                reason = errno
            }
            throw Failure(
                .system,
                "Cannot publish a layer",
                cause: SystemCallError("rename", target, errno: reason)
            )
        }
        return HeldLayer(key: key, path: target, record: record, lock: lock)
    }
}
