import ArchiveKit
import System
import TreeLinks
import TreeWire

/// Unpacks archives into the tree, from inside of it, with owners, modes, times and attributes.
enum TreeUnpacking {
    /// Unpacks the archive that a descriptor gives; its directories and links lead nowhere but into the tree.
    static func unpack(
        descriptor: CInt,
        name: String,
        to path: String,
        replacesTop: Bool
    ) throws(TreeEditError) {
        if let disk = DiskUnpacking.disk(descriptor, name) {
            return try DiskUnpacking.unpack(disk, to: path, replacesTop: replacesTop)
        }
        let accounts = try Accounts.ofTree()
        do throws(ImageError) {
            var reader = try ArchiveReader(descriptor: descriptor, path: name)
            var options = TreeWriter.Options()
            options.attributes = true
            var writer = try TreeWriter(root: "/", options: options)
            let base = BytePath(path).normalized
            // Directories that this archive has made, which it may describe before or after what is in them.
            var made: Set<BytePath> = replacesTop ? [base] : []
            while var entry = try reader.next() {
                entry.attributes.removeAll { !NodeAttributes.isAllowed($0.name) }
                let place = base.appending(entry.path.normalized)
                if entry.kind == .characterDevice || entry.kind == .blockDevice {
                    try refuseDevice(entry, at: place, name)
                    continue
                }
                accounts.resolve(&entry)
                try makeParents(of: place, &writer, &made)
                if entry.kind == .directory, entry.hardLink == nil {
                    if place.isEmpty || writer.hasDirectory(place), !made.contains(place) { continue }
                    made.insert(place)
                }
                try writer.write(
                    entry,
                    at: place,
                    content: &reader,
                    linked: entry.hardLink.map { base.appending($0.normalized) }
                )
            }
            try writer.finish()
        } catch {
            throw TreeEditError(description: error.message)
        }
    }

    /// Refuses device nodes, which no user namespace can make.
    ///
    /// Those in /dev are covered by the kernel's own in every system.
    static func refuseDevice(_ entry: ArchiveEntry, at place: BytePath, _ name: String) throws(ImageError) {
        if place.bytes.starts(with: "dev/".utf8) { return }
        throw ImageError(
            .unsupported,
            "\(name): \(entry.path) is a device node, which the kernel does not allow a build to create outside /dev",
            path: name
        )
    }

    private static func makeParents(
        of path: BytePath,
        _ writer: inout TreeWriter,
        _ made: inout Set<BytePath>
    ) throws(ImageError) {
        let parent = path.parent
        if parent.isEmpty || writer.hasDirectory(parent) { return }
        try makeParents(of: parent, &writer, &made)
        try writer.makeDirectory(parent)
        made.insert(parent)
    }
}
