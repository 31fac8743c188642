internal import Glibc
internal import System

/// Writes a FAT file system with its files into its place in an image, once and without holes between files.
///
/// Names, times and contents are all that FAT keeps. Every file is in one piece.
struct FATWriter {
    let geometry: FATGeometry
    let tree: FATTree
    let label: [UInt8]
    let identifier: UInt32
    let epoch: Int

    /// Throws `layout` if the files do not fit, saying by how many bytes.
    func write(_ walk: inout ContentWalk, to image: borrowing ImageFile, at offset: UInt64) throws(DiskError) {
        let used = tree.assignClusters(geometry)
        guard used <= geometry.clusters else {
            let missing = (used - geometry.clusters) * geometry.clusterSize
            throw DiskError(
                .layout,
                "The files do not fit into a FAT file system of \(geometry.sectors * geometry.sectorSize) bytes, which is "
                    + "\(missing) bytes too small",
                hint: "Give the partition a larger SizeMinBytes= and SizeMaxBytes="
            )
        }
        let rootBytes = FATTree.size(of: tree.root, isRoot: true)
        guard geometry.kind == .fat32 || rootBytes <= FATGeometry.rootEntries * 32 else {
            throw DiskError(
                .layout,
                "More than \(FATGeometry.rootEntries) entries are in the root of a small FAT file system"
            )
        }
        let boot = geometry.bootSector(
            identifier: identifier,
            label: label,
            hiddenSectors: offset / geometry.sectorSize
        )
        try image.write(boot, at: offset)
        if geometry.kind == .fat32 {
            let information = geometry.information(free: geometry.clusters - used, next: used + 2)
            try image.write(information, at: offset + geometry.sectorSize)
            try image.write(boot + information, at: offset + 6 * geometry.sectorSize)
        }
        let table = self.table(used: used)
        for copy in 0..<FATGeometry.tables {
            let sector = geometry.reservedSectors + copy * geometry.tableSectors
            try image.write(table, at: offset + sector * geometry.sectorSize)
        }
        for directory in tree.directories {
            let isFixed = directory === tree.root && geometry.kind != .fat32
            let place = isFixed ? geometry.rootOffset : geometry.offset(ofCluster: directory.firstCluster)
            try image.write(entries(of: directory), at: offset + place)
        }
        // A second walk, so that not every file is open at once.
        var written: Set<ObjectIdentifier> = []
        try walk.run { (entry) throws(DiskError) in
            guard entry.kind == .regular, let node = tree.node(at: entry.path), node.clusterCount > 0 else { return }
            let file = try entry.open()
            let place = offset + geometry.offset(ofCluster: node.firstCluster)
            // The bytes of an earlier source would show through the holes of this one.
            if !written.insert(ObjectIdentifier(node)).inserted {
                try image.clear(at: place, count: node.clusterCount * geometry.clusterSize)
            }
            try image.copy(from: file.number, entry.path.string, count: node.size, to: place)
        }
    }

    /// The table up to the last used cluster: every file is a chain of neighbours.
    private func table(used: UInt64) -> [UInt8] {
        let end: UInt32 = 0x0fff_ffff
        var entries: [UInt32] = [0x0fff_fff8, end]
        entries.reserveCapacity(Int(used) + 2)
        for node in tree.directories + tree.files where node.clusterCount > 0 {
            for index in 1...node.clusterCount {
                entries.append(index == node.clusterCount ? end : UInt32(node.firstCluster + index))
            }
        }
        var bytes: [UInt8] = []
        switch geometry.kind {
        case .fat32:
            for entry in entries { bytes.append(littleEndian: entry) }
        case .fat16:
            for entry in entries { bytes.append(littleEndian: UInt16(truncatingIfNeeded: entry)) }
        case .fat12:
            for pair in stride(from: 0, to: entries.count, by: 2) {
                let (first, second) = (entries[pair] & 0xfff, pair + 1 < entries.count ? entries[pair + 1] & 0xfff : 0)
                bytes += [
                    UInt8(first & 0xff), UInt8(first >> 8 | (second & 0xf) << 4), UInt8(second >> 4),
                ]
            }
        }
        return bytes
    }

    private func entries(of directory: FATTree.Node) -> [UInt8] {
        var bytes: [UInt8] = []
        if directory === tree.root {
            bytes += entry(label, attributes: 0x08, cluster: 0, size: 0, modified: epoch)
        } else {
            let parent = tree.node(at: directory.path.parent)
            let above = parent === tree.root ? 0 : parent?.firstCluster ?? 0
            for (name, cluster) in [(".", directory.firstCluster), ("..", above)] {
                let short = Array(name.utf8) + [UInt8](repeating: 0x20, count: 11 - name.utf8.count)
                bytes += entry(short, attributes: 0x10, cluster: cluster, size: 0, modified: directory.modified)
            }
        }
        for child in directory.children {
            bytes += child.name.longEntries
            bytes += entry(
                child.name.short,
                attributes: child.isDirectory ? 0x10 : 0x20,
                cluster: child.firstCluster,
                size: child.size,
                modified: child.modified
            )
        }
        return bytes
    }

    private func entry(
        _ name: [UInt8],
        attributes: UInt8,
        cluster: UInt64,
        size: UInt64,
        modified: Int
    ) -> [UInt8] {
        let (date, time) = Self.date(modified)
        var bytes = name + [attributes, 0, 0]
        bytes.append(littleEndian: time)
        bytes.append(littleEndian: date)
        bytes.append(littleEndian: date)
        bytes.append(littleEndian: UInt16(cluster >> 16))
        bytes.append(littleEndian: time)
        bytes.append(littleEndian: date)
        bytes.append(littleEndian: UInt16(truncatingIfNeeded: cluster))
        bytes.append(littleEndian: UInt32(size))
        return bytes
    }

    /// Seconds since the epoch as FAT has them, in UTC; time begins in 1980 there and ends in 2107.
    static func date(_ seconds: Int) -> (date: UInt16, time: UInt16) {
        var broken = tm()
        var seconds = time_t(min(max(seconds, 315_532_800), 4_354_819_198))
        gmtime_r(&seconds, &broken)
        let date = (broken.tm_year - 80) << 9 | (broken.tm_mon + 1) << 5 | broken.tm_mday
        let time = broken.tm_hour << 11 | broken.tm_min << 5 | broken.tm_sec / 2
        return (UInt16(date), UInt16(time))
    }
}
