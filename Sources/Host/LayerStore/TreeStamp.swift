import CFiles
import Glibc
import Support
import System

/// A stamp that shows whether a tree was modified, as far as the kernel reports it without reading files.
///
/// Inode, type, mode, owner, size and time of the last change of every entry: no program can set the last, so none can
/// write to a file, replace or remove it without a new stamp. Reading changes nothing. A copy of the tree has another
/// stamp, and so has one that a backup has restored: then only the digest of its content decides.
enum TreeStamp {
    /// The stamp of a tree that is finished, from which every later change can be told; nil when it cannot be read.
    ///
    /// `store` is a directory on the same file system that new files can be made in.
    static func ofFinished(_ path: String, in store: String) -> String? {
        if ChangeClock.tellsReadTimesApart(in: store) { return of(path) }
        // What was changed in this very moment may be changed once more without another time: then there is a second walk,
        // after the clock has gone on. Mostly it has while the tree was sealed.
        for _ in 0..<3 {
            let begun = ChangeClock.now
            guard let sum = sum(path) else { return nil }
            if ChangeClock.isPast(sum.newest, at: begun) { return sum.text }
            ChangeClock.wait(past: sum.newest)
        }
        return of(path)
    }

    /// The stamp of a tree; nil when it cannot be read.
    static func of(_ path: String) -> String? { sum(path)?.text }

    private static func sum(_ path: String) -> Sum? {
        let root = mkosi_file_open(path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_NONBLOCK, 0)
        guard root >= 0 else { return nil }
        defer { close(root) }
        guard let status = FileStatus(of: root) else { return nil }
        var sum = Sum()
        sum.add(status, name: nil, directory: 0)
        guard walk(root, 0, &sum) else { return nil }
        return sum
    }

    /// Two sums over all entries, in which their order does not matter.
    private struct Sum {
        var entries = 0
        var first: UInt64 = 0
        var second: UInt64 = 0
        var newest = FileTime(seconds: .min, nanoseconds: 1)

        var text: String { "\(entries) \(String(first, radix: 16)) \(String(second, radix: 16))" }

        /// Adds an entry and returns the hash of its path.
        @discardableResult
        mutating func add(_ status: FileStatus, name: UnsafePointer<CChar>?, directory: UInt64) -> UInt64 {
            var place = Self.mixed(directory, 0x2f)
            if var name {
                while name.pointee != 0 {
                    place = Self.mixed(place, UInt64(UInt8(bitPattern: name.pointee)))
                    name += 1
                }
                place = Self.mixed(place, 0)
            }
            var entry = place
            let numbers: [UInt64] = [
                status.inode, UInt64(status.fullMode), UInt64(status.user) << 32 | UInt64(status.group),
                UInt64(bitPattern: Int64(status.size)), UInt64(bitPattern: Int64(status.changed.seconds)),
                UInt64(bitPattern: Int64(status.changed.nanoseconds)),
            ]
            for number in numbers { entry = Self.mixed(entry, number) }
            entries += 1
            newest = max(newest, status.changed)
            first &+= entry
            second &+= Self.mixed(entry, 0x51)
            return place
        }

        /// The mixing step of SplitMix64.
        private static func mixed(_ state: UInt64, _ value: UInt64) -> UInt64 {
            var number = (state ^ value) &+ 0x9e37_79b9_7f4a_7c15
            number = (number ^ (number >> 30)) &* 0xbf58_476d_1ce4_e5b9
            number = (number ^ (number >> 27)) &* 0x94d0_49bb_1331_11eb
            return number ^ (number >> 31)
        }
    }

    /// Adds what is in a directory that nothing else has read from.
    private static func walk(_ directory: CInt, _ place: UInt64, _ sum: inout Sum, depth: Int = 0) -> Bool {
        if depth > TreeDepth.limit { return false }
        guard let names = try? DirectoryBlock(readingFrom: directory) else { return false }
        var isWhole = true
        names.forEach { name, _ in
            guard isWhole else { return }
            isWhole = add(name, of: directory, place, &sum, depth)
        }
        return isWhole
    }

    private static func add(
        _ name: UnsafePointer<CChar>,
        of directory: CInt,
        _ place: UInt64,
        _ sum: inout Sum,
        _ depth: Int
    ) -> Bool {
        guard let status = FileStatus(at: name, in: directory) else { return false }
        let here = sum.add(status, name: name, directory: place)
        guard status.kind == .directory else { return true }
        let child = mkosi_file_openat(directory, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_NONBLOCK, 0)
        // Of a directory of another user its own times tell which names come and go.
        if child < 0, errno == EACCES || errno == EPERM { return true }
        guard child >= 0 else { return false }
        defer { close(child) }
        return walk(child, here, &sum, depth: depth + 1)
    }
}
