extension DefinitionReader {
    /// A file of partition definitions.
    public struct File: Codable, Sendable, Equatable {
        /// The name without `.conf`.
        public var name: String
        /// The path in messages.
        public var path: String
        public var text: String
        /// The settings that `NAME.conf.d` adds to it, in order; nil for none.
        public var dropIns: [DropIn]?

        public init(name: String, path: String, text: String, dropIns: [DropIn]? = nil) {
            self.name = name
            self.path = path
            self.text = text
            self.dropIns = dropIns
        }
    }

    /// A file with more assignments for a definition.
    public struct DropIn: Codable, Sendable, Equatable {
        public var path: String
        public var text: String

        public init(path: String, text: String) {
            self.path = path
            self.text = text
        }
    }

    /// Reads all definitions of a disk, and merges each supplement into its target.
    ///
    /// A supplement stays in the list, as it has a part in the identifiers of later partitions, but gets no partition.
    ///
    /// - Parameter files: The files, in the order of their names.
    /// - Returns: The definitions, in the same order.
    /// - Throws: `definition`, with file and line, for the first problem.
    public func read(_ files: [File]) throws(DiskError) -> [PartitionDefinition] {
        var all: [PartitionDefinition] = []
        for file in files { all.append(try read(file)) }
        if let last = all.last(where: { !$0.isSupplement }) {
            let count = all.count { !$0.isSupplement }
            guard count <= PartitionTable.capacity else {
                throw last.failure(
                    .definition,
                    "",
                    "There are \(count) definitions, and a partition table has at most \(PartitionTable.capacity) entries"
                )
            }
        }
        var supplemented: Set<String> = []
        for (index, supplement) in all.enumerated() {
            guard let name = supplement.supplementFor else { continue }
            func failure(_ message: String) -> DiskError {
                supplement.failure(.definition, "SupplementFor", "SupplementFor=\(name) \(message)")
            }
            guard let target = all.firstIndex(where: { $0.name == name }), target != index else {
                throw failure("is not another definition")
            }
            guard all[target].supplementFor == nil else { throw failure("is a supplement itself") }
            guard supplemented.insert(name).inserted else { throw failure("has another supplement already") }
            let other = all[target]
            guard other.content.copyBlocks == nil, other.encryption == .off, other.verity.role == .off else {
                throw failure("has CopyBlocks=, Encrypt= or Verity=, with which it cannot be supplemented")
            }
            all[target].merge(supplement)
            let merged = all[target]
            for (kind, minimum, maximum) in [
                ("Size", merged.minimumSize ?? 0, merged.maximumSize),
                ("Padding", merged.minimumPadding, merged.maximumPadding),
            ] {
                guard let maximum, minimum > maximum else { continue }
                throw failure(
                    "makes \(kind)MaxBytes= \(minimum - maximum) bytes less than \(kind)MinBytes= of both together"
                )
            }
        }
        return all
    }
}

extension PartitionDefinition {
    /// True if it only adds to another partition.
    var isSupplement: Bool { supplementFor != nil }

    /// Takes what a supplement adds, by the rules of repart.d(5).
    fileprivate mutating func merge(_ other: PartitionDefinition) {
        weight = other.weight
        paddingWeight = other.paddingWeight
        if let size = other.minimumSize { minimumSize = max(minimumSize ?? 0, size) }
        if let size = other.maximumSize { maximumSize = min(maximumSize ?? size, size) }
        minimumPadding = max(minimumPadding, other.minimumPadding)
        if let size = other.maximumPadding { maximumPadding = min(maximumPadding ?? size, size) }
        content.copyFiles += other.content.copyFiles
        content.excludedSources += other.content.excludedSources
        content.excludedTargets += other.content.excludedTargets
        content.directories += other.content.directories
        content.symlinks += other.content.symlinks
        content.subvolumes += other.content.subvolumes
    }
}
