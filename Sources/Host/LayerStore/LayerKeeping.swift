public import Support

/// The place in which builds keep results of steps by the keys of their inputs: a `LayerStore`, or in tests a value in memory.
public protocol LayerKeeping: Sendable {
    /// The directory for what belongs to the layers as well: indexes of trees, and what images remember.
    var directory: String { get }

    // MARK: - Finding

    /// The layer of this key, kept from removal as long as the value lives; nil when the step has to run.
    func take(_ key: LayerKey) -> HeldLayer?
    /// Returns true if there is a layer of this key at the moment.
    func contains(_ key: LayerKey) -> Bool
    /// The layers that were added to a key, as far as they are still there.
    func equivalentLayers(_ key: LayerKey) -> [LayerKey]
    /// Makes a layer available by another key.
    func add(_ layer: LayerKey, equivalentTo key: LayerKey) throws(Failure)

    // MARK: - Making

    /// Reserves a layer for the caller, or waits while another thread or process creates it and returns that one.
    ///
    /// Where they fail it is the caller's turn. `check` is called while waiting, and ends it by throwing;
    /// `onWait` is told once, when it takes longer than so many microseconds of patience.
    func makeOrWait(
        _ key: LayerKey,
        check: () throws(Failure) -> Void,
        patience: UInt32,
        onWait: () -> Void
    ) throws(Failure) -> LayerBeginning
    /// Publishes a layer under its key, or under another key under which it is never looked up, and returns it held.
    ///
    /// If a layer with this key exists by now, it is used: both have the same inputs.
    func publish(
        _ pending: consuming PendingLayer,
        _ record: LayerRecord,
        as other: LayerKey?
    ) throws(Failure) -> HeldLayer
    /// Keeps what there is for a look at it, in place of what was kept under that name before; returns its directory.
    ///
    /// `remove` deletes directories whose files may belong to other users.
    func keepUnfinished(
        _ pending: consuming PendingLayer,
        _ record: LayerRecord,
        as name: String,
        remove: ([String]) throws(Failure) -> Void
    ) throws(Failure) -> String
    /// The directory of a layer whose step has failed, and its inputs; nil if nothing is kept.
    func unfinished(_ name: String) -> (path: String, record: LayerRecord)?

    // MARK: - Removing

    /// Removes what is kept of a step that has failed.
    func removeUnfinished(_ name: String, with remove: ([String]) throws(Failure) -> Void) throws(Failure)
    /// Removes these layers unless they are in use.
    func remove(_ keys: [LayerKey], with remove: ([String]) throws(Failure) -> Void) throws(Failure)
    /// Removes layers until all of them together have at most `limit` bytes, and what dead builds left.
    func collect(limit: Int, remove: ([String]) throws(Failure) -> Void) throws(Failure) -> [LayerKey]
    /// True if there is something that a killed build may have left.
    var hasLeftOvers: Bool { get }

    // MARK: - Checking

    /// Those of these layers that are not what they were when they were made; `digests` reads trees.
    ///
    /// What was read of them in this build already may be in `ahead`.
    func changed(
        _ layers: [LayerRecord.Place],
        ahead: StampsAhead?,
        digests: ([String]) throws(Failure) -> [String]
    ) throws(Failure) -> [LayerKey]
    /// Starts to read, for `changed`, what these layers are; nil if there is nothing to read.
    func stampsAhead(_ keys: [LayerKey]) -> StampsAhead?
    /// Waits until the layers in these directories are on the disk.
    func settle(_ paths: [String]) throws(Failure)
}

extension LayerKeeping {
    /// Reserves a layer as above, with a second of patience.
    public func makeOrWait(
        _ key: LayerKey,
        check: () throws(Failure) -> Void,
        onWait: () -> Void = {}
    ) throws(Failure) -> LayerBeginning {
        try makeOrWait(key, check: check, patience: 1_000_000, onWait: onWait)
    }

    /// Gives a layer the name of its key.
    public func publish(_ pending: consuming PendingLayer, _ record: LayerRecord) throws(Failure) -> HeldLayer {
        try publish(pending, record, as: nil)
    }
}
