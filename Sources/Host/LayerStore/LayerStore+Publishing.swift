import Glibc
public import Support
import System

/// The way of a layer that is being created to its place.
extension LayerStore {
    public func keepUnfinished(
        _ pending: consuming PendingLayer,
        _ record: LayerRecord,
        as name: String,
        remove: ([String]) throws(Failure) -> Void
    ) throws(Failure) -> String {
        let path = pending.path
        let target = "\(directory)/\(Self.failedPrefix)\(name)"
        try removeUnfinished(name, with: remove)
        do {
            try Self.write(record, in: path)
        } catch {
            throw Failure(.system, "Cannot write the record of a layer", cause: error)
        }
        if rename(path, target) != 0 {
            throw Failure(.system, "Cannot store a layer", cause: SystemCallError("rename", target, errno: errno))
        }
        // Until here nothing else may make the layer.
        _ = consume pending
        return target
    }

    public func publish(
        _ pending: consuming PendingLayer,
        _ record: LayerRecord,
        as other: LayerKey?
    ) throws(Failure) -> HeldLayer {
        let key = other ?? pending.key
        let path = pending.path
        let target = "\(directory)/\(key.text)"
        var record = record
        record.stamp = TreeStamp.ofFinished(pending.tree, in: path)
        record.sharedStamp = TreeStamp.ofFinished("\(path)/shared", in: path)
        do {
            try Files.write("\(record.size)".utf8, to: "\(path)/\(Self.sizeName)")
            try Self.mark(path)
            try Self.write(record, in: path)
        } catch {
            throw Failure(.system, "Cannot write the record of a layer", cause: error)
        }
        if rename(path, target) != 0 {
            var reason = errno
            if reason == EEXIST || reason == ENOTEMPTY {
                if let held = take(key) { return held }
                // A layer without a readable record is unusable, and must not block the key for ever.
                if bury(key.text) != nil, rename(path, target) == 0 {
                    return HeldLayer(key: key, path: target, record: record, lock: pending.lock)
                }
                reason = errno
            }
            throw Failure(
                .system,
                "Cannot publish a layer",
                cause: SystemCallError("rename", target, errno: reason)
            )
        }
        return HeldLayer(key: key, path: target, record: record, lock: pending.lock)
    }
}
