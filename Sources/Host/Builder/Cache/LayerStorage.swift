import LayerStore
public import Support
import System

/// The layers of a directory, for those who want to see what is kept and to have less of it.
public struct LayerStorage {
    public let directory: String
    private let installation: Installation

    /// A layer and what is known of it.
    public struct Layer: Sendable {
        public var key: String
        /// The step that made it.
        public var step: String
        /// Bytes of its files.
        public var size: Int
        /// Files, directories and links.
        public var entries: Int
        /// Seconds since the epoch.
        public var created: Int
        public var lastUsed: Int
        /// True if a build uses it now.
        public var isBusy: Bool
    }

    /// A layer that is not what it was when it was made.
    public struct Damage: Sendable {
        public var key: String
        public var reason: String
    }

    /// Nil where nothing was ever kept.
    public init?(directory: String, installation: Installation) {
        guard Files.isDirectory(directory) else { return nil }
        self.directory = directory
        self.installation = installation
    }

    /// Builds keep no more than this many bytes when they end.
    public static var standardLimit: Int { LayerCache.limit }

    /// All layers, the one that was not used for the longest time first.
    public func layers() throws(Failure) -> [Layer] {
        try LayerStore(directory: directory).entries().map { entry in
            Layer(
                key: entry.key.text,
                step: entry.record.step,
                size: entry.record.size,
                entries: entry.record.entries,
                created: entry.record.created,
                lastUsed: entry.lastUsed,
                isBusy: entry.isBusy
            )
        }
    }

    /// Removes layers until all of them together have at most `limit` bytes, and what dead builds left.
    public func collect(limit: Int) throws(Failure) -> [String] {
        try LayerStore(directory: directory).collect(limit: limit, remove: dispose).map(\.text)
    }

    /// Compares every layer with what was written down when it was made.
    public func verify() throws(Failure) -> [Damage] {
        try LayerStore(directory: directory)
            .verify { trees throws(Failure) in try LayerSealing(installation: installation).digests(trees) }
            .map { Damage(key: $0.key.text, reason: $0.reason) }
    }

    /// Removes layers, so that the steps that made them run again.
    public func remove(_ keys: [String]) throws(Failure) {
        try LayerStore(directory: directory).remove(keys.compactMap { LayerKey($0) }, with: dispose)
    }

    private func dispose(_ paths: [String]) throws(Failure) {
        for path in paths { try TreeDisposal.remove(path, installation: installation) }
    }
}
