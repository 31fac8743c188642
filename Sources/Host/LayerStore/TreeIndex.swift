import Glibc
import Support
public import System

/// Digests of files that were read before, by what the kernel says of the file.
///
/// A file is considered the same if device, inode, size and change time are the same: no program can set the
/// last. A file that changed in the second before it was read may change again without a new time, so it is not kept.
public struct TreeIndex: Sendable {
    private struct Identity: Hashable, Sendable {
        var device: UInt64
        var inode: UInt64
        var size: Int
        var changed: FileTime

        init(_ status: FileStatus) {
            (device, inode, size, changed) = (status.device, status.inode, status.size, status.changed)
        }

        init(device: UInt64, inode: UInt64, size: Int, changed: FileTime) {
            (self.device, self.inode, self.size, self.changed) = (device, inode, size, changed)
        }

        var text: String { "\(device) \(inode) \(size) \(changed.seconds) \(changed.nanoseconds)" }
    }

    /// The known state of a file.
    struct Entry: Equatable, Sendable {
        var digest: String
        /// True if it has extended attributes, or may have some.
        var hasAttributes: Bool
    }

    private var known: [Identity: Entry] = [:]
    /// The entries of this walk: only they are kept, so the index does not grow beyond its tree.
    private var seen: [Identity: Entry] = [:]
    private var now = time(nil)

    public init() {}

    /// Reads an index; one that is missing or damaged is empty.
    public init(file path: String) {
        guard let bytes = try? Files.read(path) else { return }
        var reader = IndexReader(bytes: bytes)
        while let line = reader.line() {
            let identity = Identity(
                device: UInt64(line.numbers[0]),
                inode: UInt64(line.numbers[1]),
                size: Int(clamping: line.numbers[2]),
                changed: FileTime(
                    seconds: Int(clamping: line.numbers[3]),
                    nanoseconds: Int(clamping: line.numbers[4])
                )
            )
            known[identity] = Entry(digest: line.digest, hasAttributes: line.isMarked)
        }
    }

    mutating func entry(of status: FileStatus) -> Entry? {
        let identity = Identity(status)
        guard let entry = known[identity] else { return nil }
        seen[identity] = entry
        return entry
    }

    mutating func add(_ digest: String, hasAttributes: Bool, of status: FileStatus) {
        // What the file may be given without a new time is not known.
        if status.changed.seconds < now - 1, status.changed.seconds >= 0 {
            seen[Identity(status)] = Entry(digest: digest, hasAttributes: hasAttributes)
        }
    }

    /// Writes what the last walk saw; does nothing when that was in the file already.
    ///
    /// The next walk with this value begins with what this one saw.
    public mutating func write(to path: String) throws(SystemCallError) {
        defer {
            known = seen
            seen = [:]
            now = time(nil)
        }
        if seen == known { return }
        let lines = seen.map { "\($0.text) \($1.digest)\($1.hasAttributes ? " x" : "")\n" }
        try Files.write(lines.joined().utf8, to: path, mode: 0o600)
    }
}
