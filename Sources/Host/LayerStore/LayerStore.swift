import CFiles
import Glibc
import JSON
import PluginWire
public import Support
import System

/// Results of steps, each in a directory named by the key of what the step read.
///
/// All builds of a user share one store. A layer is complete or it is not there: it is made in a directory of its own
/// and
/// renamed. Who uses a layer holds a shared lock on its directory; who removes one needs it alone; and one alone makes
/// it.
///
/// A layer's directory has `record.json`, `tree` (the upper directory of an overlay) and `work`, which an overlay needs
/// alongside.
public struct LayerStore: LayerKeeping {
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

    /// Returns true if there is a layer of this key at the moment.
    public func contains(_ key: LayerKey) -> Bool {
        let path = "\(directory)/\(key.text)"
        return Files.exists("\(path)/record.json") && !Self.isDoubtful(path)
    }

    /// The directory of a layer whose step has failed, and its inputs; nil if nothing is kept.
    public func unfinished(_ name: String) -> (path: String, record: LayerRecord)? {
        let path = "\(directory)/\(Self.failedPrefix)\(name)"
        return Self.record(in: path).map { (path, $0) }
    }

    /// Reserves a layer for the caller, or waits while another thread or process creates it and returns that one.
    ///
    /// Where they fail it is the caller's turn. `check` is called while waiting, and ends it by throwing;
    /// `onWait` is told once, when it takes longer than so many microseconds of patience.
    public func makeOrWait(
        _ key: LayerKey,
        check: () throws(Failure) -> Void,
        patience: UInt32,
        onWait: () -> Void
    ) throws(Failure) -> LayerBeginning {
        var (pause, waited, isTold): (UInt32, UInt32, Bool) = (0, 0, false)
        while true {
            guard let making = try begin(key) else {
                if waited >= patience, !isTold {
                    isTold = true
                    onWait()
                }
                try check()
                // flock(2) cannot be combined with poll(2), so the lock is polled; a layer takes longer than this to make.
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
                // A collection that comes in between takes the directory for that of a dead build: then once more. Until
                // it is locked, nothing else can be done with it.
                guard let lock = Self.lock(path, LOCK_SH | LOCK_NB) else { continue }
                try Files.shedInheritance(path, mode: 0o700)
                for name in ["tree", "work"] { try Files.makeDirectories("\(path)/\(name)") }
                return PendingLayer(key: key, path: path, lock: lock, making: making)
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
        guard let locked = FileStatus(of: directory.number), let named = FileStatus(at: path),
            locked.isSameFile(as: named)
        else { return nil }
        return directory
    }

    static func write(_ record: LayerRecord, in path: String) throws {
        try Files.write(try JSONText.encode(record), to: "\(path)/record.json")
    }

    static func record(in path: String) -> LayerRecord? {
        guard let bytes = try? Files.read("\(path)/record.json") else { return nil }
        return try? JSONText.decode(LayerRecord.self, from: bytes)
    }
}
