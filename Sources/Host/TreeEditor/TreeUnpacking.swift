import ImageKit

/// Unpacks archives into the tree, from inside of it, with owners, modes, times and attributes.
enum TreeUnpacking {
    /// Unpacks the archive that a descriptor gives; its folders and links lead nowhere but into the tree.
    static func unpack(descriptor: CInt, name: String, to path: String) throws(TreeEditError) {
        do throws(ImageError) {
            var reader = try ArchiveReader(descriptor: descriptor, path: name)
            var options = TreeWriter.Options()
            options.attributes = true
            var writer = try TreeWriter(root: "/", options: options)
            let base = BytePath(path).normalized
            while var entry = try reader.next() {
                entry.attributes.removeAll { !isWanted($0.name) }
                // No user namespace lets device nodes be made, and no image needs any.
                if entry.kind == .characterDevice || entry.kind == .blockDevice { continue }
                let place = base.appending(entry.path.normalized)
                try makeParents(of: place, &writer)
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

    /// Attributes that a tree can have; those of an overlay would change what it shows.
    static func isWanted(_ attribute: String) -> Bool {
        if attribute.hasPrefix("user.") { return !attribute.hasPrefix("user.overlay.") }
        return attribute == "security.capability"
    }

    private static func makeParents(of path: BytePath, _ writer: inout TreeWriter) throws(ImageError) {
        let parent = path.parent
        if parent.isEmpty || writer.hasFolder(parent) { return }
        try makeParents(of: parent, &writer)
        try writer.makeFolder(parent)
    }
}
