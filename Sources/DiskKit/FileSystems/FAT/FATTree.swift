internal import System

/// The files of a FAT file system in memory, and the clusters that each gets: one after the other, directories first.
struct FATTree {
    final class Node {
        let name: FATName
        let isDirectory: Bool
        /// The name of the file in messages.
        let path: BytePath
        var size: UInt64 = 0
        var modified = 0
        var children: [Node] = []
        /// The children by their folded names.
        var places: [String: Int] = [:]
        var shortNames: Set<[UInt8]> = []
        var firstCluster: UInt64 = 0
        var clusterCount: UInt64 = 0

        init(name: FATName, isDirectory: Bool, path: BytePath) {
            self.name = name
            self.isDirectory = isDirectory
            self.path = path
        }
    }

    let root = Node(name: FATName([0x52], taken: []), isDirectory: true, path: BytePath(bytes: []))
    private(set) var files: [Node] = []
    private(set) var directories: [Node]
    /// Files of kinds that FAT does not know.
    private(set) var skipped: [BytePath] = []

    static let largestFile = UInt64(UInt32.max)

    /// Walks through the content; a file that a later source has too is that of the later one.
    init(_ walk: inout ContentWalk, epoch: Int) throws(DiskError) {
        directories = [root]
        try walk.run { (entry) throws(DiskError) in try add(entry, epoch: epoch) }
        files.removeAll { $0.size == 0 }
    }

    /// The node of a path; nil for one that was left out.
    func node(at path: BytePath) -> Node? {
        var node = root
        for name in path.components {
            guard let index = node.places[FATName.folded(name.bytes)] else { return nil }
            node = node.children[index]
        }
        return node
    }

    private mutating func add(_ entry: ContentEntry, epoch: Int) throws(DiskError) {
        let time = min(entry.modified.seconds, epoch)
        if entry.path.isEmpty {
            root.modified = time
            return
        }
        guard entry.kind == .regular || entry.kind == .directory else {
            skipped.append(entry.path)
            return
        }
        guard let parent = node(at: entry.path.parent), parent.isDirectory else { return }
        let name = entry.path.name.bytes
        if let flaw = FATName.flaw(of: name) {
            throw DiskError(.layout, "\(entry.path) cannot be put into a FAT file system: its name \(flaw)")
        }
        let size = entry.kind == .regular ? entry.size : 0
        guard size <= Self.largestFile else {
            let excess = size - Self.largestFile
            throw DiskError(.layout, "\(entry.path) is \(excess) bytes too large for a FAT file system")
        }
        let folded = FATName.folded(name)
        let node: Node
        if let index = parent.places[folded] {
            node = parent.children[index]
            guard node.isDirectory == (entry.kind == .directory), node.path == entry.path else {
                throw DiskError(.layout, "\(entry.path) and \(node.path) are one name in a FAT file system")
            }
        } else {
            let made = FATName(name, taken: parent.shortNames)
            node = Node(name: made, isDirectory: entry.kind == .directory, path: entry.path)
            parent.shortNames.insert(made.short)
            parent.places[folded] = parent.children.count
            parent.children.append(node)
            if node.isDirectory { directories.append(node) } else { files.append(node) }
        }
        node.size = size
        node.modified = time
    }

    /// Gives every directory and file its clusters; returns how many there are.
    func assignClusters(_ geometry: FATGeometry) -> UInt64 {
        var next: UInt64 = 2
        for node in directories + files {
            let isFixed = node === root && geometry.kind != .fat32
            let bytes = node.isDirectory ? Self.size(of: node, isRoot: node === root) : node.size
            node.clusterCount = isFixed ? 0 : (bytes + geometry.clusterSize - 1) / geometry.clusterSize
            node.firstCluster = node.clusterCount == 0 ? 0 : next
            next += node.clusterCount
        }
        return next - 2
    }

    /// Bytes of a directory: an entry for the label, or for itself and the one above, then those of its files.
    static func size(of directory: Node, isRoot: Bool) -> UInt64 {
        let entries = directory.children.reduce(isRoot ? 1 : 2) {
            $0 + $1.name.long.count.dividedRoundingUp(by: 13) + 1
        }
        return UInt64(entries * 32)
    }
}

extension Int {
    fileprivate func dividedRoundingUp(by other: Int) -> Int { (self + other - 1) / other }
}
