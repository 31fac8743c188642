internal import Glibc
public import System

extension DiskBuilder {
    /// Labels that the tree itself does not carry: only root of the host may set the attribute.
    ///
    /// A library that is loaded before the C library (ld.so(8)) shows them to the programs that make file systems, which
    /// therefore write them where they write every other attribute.
    public struct Labelling: Sendable {
        /// Returns the label of an absolute path of the tree with a mode; nil for a path without one.
        public var label: @Sendable (BytePath, UInt32) throws(SystemCallError) -> [UInt8]?
        /// True if a file system that cannot hold labels is an error.
        public var isRequired: Bool
        /// The library.
        public var library: String

        public init(
            label: @escaping @Sendable (BytePath, UInt32) throws(SystemCallError) -> [UInt8]?,
            isRequired: Bool,
            library: String
        ) {
            self.label = label
            self.isRequired = isRequired
            self.library = library
        }
    }

    /// Returns the runner of a file system's programs, which see the labels of the files in `source`.
    func labelled(
        _ definition: PartitionDefinition,
        _ plan: ContentPlan,
        _ fileSystem: FileSystem,
        _ source: String?
    ) throws(DiskError) -> FileSystem.Run {
        guard let labelling, let source else { return run }
        if fileSystem.loses.contains(.attributes) {
            let message = "\(definition.name): \(fileSystem.name) is made without the labels of the SELinux policy"
            if labelling.isRequired {
                throw DiskError(
                    .definition,
                    message,
                    hint: "Use Format=ext4, btrfs, erofs or squashfs, or set SELinuxRelabel=auto"
                )
            }
            warn(message)
            return run
        }
        let path = "\(scratch)/\(definition.name).labels"
        let bytes = try LabelList(plan, root: root, source: source, labelling).bytes
        try DiskError.calling("write", path) { () throws(SystemCallError) in try Files.write(bytes, to: path) }
        let variables = ["LD_PRELOAD": labelling.library, "MKOSI_LABELS": path]
        return { [run] (command, environment) throws(DiskError) in
            try run(command, environment.merging(variables) { $1 })
        }
    }
}

/// The labels of the files in a directory by device and inode: the list that mkosi_labels.h describes.
private struct LabelList {
    private var entries: [(device: UInt64, inode: UInt64, label: [UInt8])] = []

    init(
        _ plan: ContentPlan,
        root: String,
        source: String,
        _ labelling: DiskBuilder.Labelling
    ) throws(DiskError) {
        let top = try DiskError.calling("open", source) { () throws(SystemCallError) in
            try Descriptor.open(source, O_RDONLY | O_DIRECTORY)
        }
        var found: [(device: UInt64, inode: UInt64, label: [UInt8])] = []
        var walk = ContentWalk(plan, root: root)
        try walk.run { (entry) throws(DiskError) in
            let known =
                entry.path.isEmpty ? FileStatus(of: top.number) : FileStatus(at: entry.path, in: top.number)
            guard let status = known else { throw DiskError.system("look at", entry.path.string) }
            let place = entry.source ?? BytePath("/").appending(entry.path)
            let label = try DiskError.calling("find the label of", place.string) { () throws(SystemCallError) in
                try labelling.label(place, status.fullMode)
            }
            guard let label else { return }
            found.append((status.device, status.inode, label))
        }
        // Of several names of a file, and of several sources of a directory, the first one decides.
        var last: (UInt64, UInt64)?
        for (_, entry) in found.enumerated().sorted(by: { left, right in
            (left.element.device, left.element.inode, left.offset)
                < (right.element.device, right.element.inode, right.offset)
        }) {
            if let last, last == (entry.device, entry.inode) { continue }
            last = (entry.device, entry.inode)
            entries.append(entry)
        }
    }

    var bytes: [UInt8] {
        var list = Array("mkosilab".utf8)
        list.append(native: UInt64(entries.count))
        var labels: [UInt8] = []
        let start = 16 + 24 * entries.count
        // Many files have the same label.
        var places: [[UInt8]: Int] = [:]
        for entry in entries {
            let place = places[entry.label] ?? labels.count
            if place == labels.count {
                places[entry.label] = place
                labels += entry.label
            }
            list.append(native: entry.device)
            list.append(native: entry.inode)
            list.append(native: UInt32(start + place))
            list.append(native: UInt32(entry.label.count))
        }
        return list + labels
    }
}

extension [UInt8] {
    fileprivate mutating func append(native number: some FixedWidthInteger) {
        Swift.withUnsafeBytes(of: number) { append(contentsOf: $0) }
    }
}
