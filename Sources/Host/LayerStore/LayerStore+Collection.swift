import Glibc
public import Support
import System

extension LayerStore {
    /// A layer as `mkosi cache list` shows it.
    public struct Entry: Sendable {
        public var key: LayerKey
        public var record: LayerRecord
        /// Seconds since the epoch.
        public var lastUsed: Int
        /// True if a build uses it now.
        public var isBusy: Bool
    }

    /// All finished layers, the one that was not used for the longest time first.
    public func entries() throws(Failure) -> [Entry] {
        try names().compactMap { name -> Entry? in
            let path = "\(directory)/\(name)"
            guard let key = LayerKey(name), let record = Self.record(in: path), let status = FileStatus(at: path)
            else { return nil }
            let isBusy = Self.lock(path, LOCK_EX | LOCK_NB) == nil
            return Entry(key: key, record: record, lastUsed: status.modified.seconds, isBusy: isBusy)
        }.sorted { ($0.lastUsed, $0.key.text) < ($1.lastUsed, $1.key.text) }
    }

    /// Removes layers until all of them together have at most `limit` bytes, and what dead builds left.
    ///
    /// Layers that were not used for long go first, those in use stay. `remove` deletes directories whose files may
    /// belong
    /// to other users. Returns the keys that are gone.
    public func collect(
        limit: Int,
        remove: ([String]) throws(Failure) -> Void
    ) throws(Failure) -> [LayerKey] {
        var dead = try deadDirectories()
        let all = try sizes()
        var total = all.saturatedSum(\.size)
        var gone: [LayerKey] = []
        for layer in all where total > limit {
            guard let path = bury(layer.key.text) else { continue }
            dead.append(path)
            gone.append(layer.key)
            total -= layer.size
        }
        if !dead.isEmpty { try remove(dead) }
        forgetGone()
        return gone
    }

    /// About how much each layer has on disk, the one that was not used for the longest time first.
    ///
    /// The records, which are long, are not read for it.
    private func sizes() throws(Failure) -> [(key: LayerKey, size: Int)] {
        try names().compactMap { name -> (key: LayerKey, size: Int, used: Int)? in
            let path = "\(directory)/\(name)"
            guard let key = LayerKey(name), let status = FileStatus(at: path) else { return nil }
            let size = (try? Files.readText("\(path)/\(Self.sizeName)")).flatMap { Int($0) } ?? 0
            return (key, max(size, 0).addingSaturated(Self.overhead), status.modified.seconds)
        }.sorted { ($0.used, $0.key.text) < ($1.used, $1.key.text) }.map { ($0.key, $0.size) }
    }

    /// Bytes of a layer that is empty: directories and a record.
    static let overhead = 1 << 14

    /// True if there is something that a killed build may have left.
    public var hasLeftOvers: Bool {
        let names = (try? names()) ?? []
        return names.contains { name in
            [MakingLock.prefix, Self.pendingPrefix, Self.deadPrefix].contains { name.hasPrefix($0) }
        }
    }

    /// Removes these layers unless they are in use.
    public func remove(_ keys: [LayerKey], with remove: ([String]) throws(Failure) -> Void) throws(Failure) {
        let paths = keys.compactMap { bury($0.text) }
        if !paths.isEmpty { try remove(paths) }
    }

    /// Removes what is kept of a step that has failed.
    public func removeUnfinished(_ name: String, with remove: ([String]) throws(Failure) -> Void) throws(Failure) {
        if let path = bury("\(Self.failedPrefix)\(name)") { try remove([path]) }
    }

    /// Renames an unused directory, so that it is no longer found.
    func bury(_ name: String) -> String? {
        guard let lock = Self.lock("\(directory)/\(name)", LOCK_EX | LOCK_NB) else { return nil }
        let path = "\(directory)/\(Self.deadPrefix)\(UInt64.random(in: .min ... .max))"
        guard rename("\(directory)/\(name)", path) == 0 else { return nil }
        _ = consume lock
        return path
    }

    /// Returns the directories that a killed build was making, and those that a killed collection did not finish.
    private func deadDirectories() throws(Failure) -> [String] {
        try names().compactMap { name in
            if name.hasPrefix(MakingLock.prefix) {
                // To have it is to remove it at once.
                _ = try? MakingLock.take("\(directory)/\(name)")
                return nil
            }
            if name.hasPrefix(Self.deadPrefix) { return "\(directory)/\(name)" }
            if name.hasPrefix(Self.failedPrefix) { return isForgotten("\(directory)/\(name)") ? bury(name) : nil }
            return name.hasPrefix(Self.pendingPrefix) ? bury(name) : nil
        }
    }

    /// Returns true for the directory of a failed step after a week, when it is of no use any more.
    private func isForgotten(_ path: String) -> Bool {
        FileStatus(at: path).map { $0.changed.seconds < time(nil) - 7 * 24 * 3600 } ?? false
    }

    func names() throws(Failure) -> [String] {
        do throws(SystemCallError) {
            return try Files.list(directory)
        } catch {
            throw Failure(.system, "Cannot read the layer store \(directory)", cause: error)
        }
    }
}
