import CFiles
import Glibc
public import Support

/// Digests of files that were read before, by what the kernel says of the file.
///
/// A file counts as the same when device, inode, size and the time of its last change are: no program can set the
/// last. A file that changed in the second before it was read may change again without a new time, so it is not kept.
public struct TreeIndex: Sendable {
    private struct Identity: Hashable, Sendable {
        var device: UInt64
        var inode: UInt64
        var size: Int64
        var seconds: Int64
        var nanoseconds: Int64

        init(_ status: mkosi_status) {
            (device, inode, size) = (status.device, status.inode, status.size)
            (seconds, nanoseconds) = (status.changed_seconds, status.changed_nanoseconds)
        }

        init?(_ words: [Substring]) {
            guard let device = UInt64(words[0]), let inode = UInt64(words[1]), let size = Int64(words[2]),
                let seconds = Int64(words[3]), let nanoseconds = Int64(words[4])
            else { return nil }
            (self.device, self.inode, self.size) = (device, inode, size)
            (self.seconds, self.nanoseconds) = (seconds, nanoseconds)
        }

        var text: String { "\(device) \(inode) \(size) \(seconds) \(nanoseconds)" }
    }

    private var known: [Identity: String] = [:]
    /// What this walk saw: only that is kept, so the index does not grow beyond its tree.
    private var seen: [Identity: String] = [:]
    private let now = Int64(time(nil))

    public init() {}

    /// Reads an index; one that is missing or damaged is empty.
    public init(file path: String) {
        guard let text = try? Files.readText(path) else { return }
        for line in text.split(separator: "\n") {
            let words = line.split(separator: " ")
            guard words.count == 6, words[5].utf8.count == 64, let identity = Identity(words) else { continue }
            known[identity] = String(words[5])
        }
    }

    mutating func digest(of status: mkosi_status) -> String? {
        let identity = Identity(status)
        guard let digest = known[identity] else { return nil }
        seen[identity] = digest
        return digest
    }

    mutating func add(_ digest: String, of status: mkosi_status) {
        if status.changed_seconds < now - 1 { seen[Identity(status)] = digest }
    }

    /// Writes what the last walk saw; does nothing when that was in the file already.
    public func write(to path: String) throws(SystemCallError) {
        if seen == known { return }
        try Files.write(seen.map { "\($0.text) \($1)\n" }.joined().utf8, to: path, mode: 0o600)
    }
}
