import ArchiveKit
import DiskKit
import Glibc
import System
import TreeLinks
import TreeWire

/// Unpacks disk images into the tree: every file system that the types of their partitions make part of a system.
enum DiskUnpacking {
    /// The disk that a descriptor gives; nil for a file that is none.
    static func disk(_ descriptor: CInt, _ name: String) -> DiskFile? {
        guard let file = try? DiskFile(descriptor: descriptor, name: name), DiskContents.recognizes(file) else {
            return nil
        }
        return file
    }

    /// Copies all files with owners, modes, times and attributes; nothing is mounted.
    static func unpack(_ file: DiskFile, to path: String, replacesTop: Bool) throws(TreeEditError) {
        do throws(ImageError) {
            let contents = try reading(file.name) { () throws(DiskError) in try DiskContents(file) }
            var options = TreeWriter.Options()
            options.attributes = true
            var writer = try TreeWriter(root: "/", options: options)
            let base = BytePath(path).normalized
            // Directories that the disk has made, which a file system that is mounted on one describes once more.
            var made: Set<BytePath> = replacesTop ? [base] : []
            for part in contents.parts {
                let top = base.appending(BytePath(part.mountPoint).normalized)
                // Neither the file system that is mounted somewhere nor the one below has to have the directory.
                var parent = BytePath("")
                for name in top.components {
                    parent = parent.appending(name)
                    if writer.hasDirectory(parent) { continue }
                    try writer.write(ArchiveEntry(path: parent, kind: .directory, mode: 0o755), at: parent)
                    made.insert(parent)
                }
                try unpack(part, below: top, of: file.name, &writer, &made)
            }
            try writer.finish()
        } catch {
            throw TreeEditError(description: error.message)
        }
    }

    private static func unpack(
        _ part: DiskContents.Part,
        below top: BytePath,
        of name: String,
        _ writer: inout TreeWriter,
        _ made: inout Set<BytePath>
    ) throws(ImageError) {
        do throws(DiskContents.WalkError<ImageError>) {
            try DiskContents.walk(part) { stored throws(ImageError) in
                let place = top.appending(stored.path)
                var entry = ArchiveEntry(
                    path: place,
                    kind: stored.kind,
                    mode: stored.mode,
                    user: stored.user,
                    group: stored.group
                )
                (entry.modified, entry.linkTarget) = (stored.modified, stored.linkTarget)
                for attribute in stored.attributes where NodeAttributes.isAllowed(attribute.name) {
                    switch attribute.name {
                    case AccessControlList.accessAttribute: entry.accessList = .init(attribute: attribute.value)
                    case AccessControlList.defaultAttribute: entry.defaultAccessList = .init(attribute: attribute.value)
                    default: entry.attributes.append(attribute)
                    }
                }
                switch stored.kind {
                case .characterDevice, .blockDevice: try TreeUnpacking.refuseDevice(entry, at: place, name)
                case .directory:
                    if place.isEmpty || writer.hasDirectory(place), !made.contains(place) { return }
                    made.insert(place)
                    try writer.write(entry, at: place)
                case .regular where stored.hardLink == nil:
                    let target = try writer.createFile(at: place)
                    try reading(name) { () throws(DiskError) in try part.file.copy(stored, to: target.number) }
                    try writer.apply(entry, to: target.number, place.string)
                default:
                    if let link = stored.hardLink {
                        try writer.link(top.appending(link), at: place)
                    } else {
                        try writer.write(entry, at: place)
                    }
                }
            }
        } catch {
            switch error {
            case .reading(let error): throw ImageError(.damaged, error.message, path: name)
            case .caller(let error): throw error
            }
        }
    }

    private static func reading<Result>(
        _ name: String,
        _ body: () throws(DiskError) -> Result
    ) throws(ImageError) -> Result where Result: ~Copyable {
        do throws(DiskError) { return try body() } catch { throw ImageError(.damaged, error.message, path: name) }
    }
}
