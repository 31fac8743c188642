import CFiles
import Glibc
import System
package import TreeWire

/// Copies the content of regular files; holes stay holes.
package enum FileContent {
    /// Copies all of `source` to the empty file `target`, sharing blocks where the file system can.
    package static func copy(_ source: CInt, _ target: CInt, size: Int64, name: String) throws(TreeEditError) {
        if mkosi_clone_file(target, source) == 0 { return }
        var offset: Int64 = 0
        while offset < size {
            var start = mkosi_next_data(source, offset)
            if start < 0, errno == ENXIO { break }
            // The file system does not report holes: everything is data.
            if start < 0 { start = offset }
            let end = mkosi_next_hole(source, start)
            let stop = end > start ? min(end, size) : size
            try copyRange(source, target, start..<stop, name: name)
            offset = stop
        }
        // A hole at the end has no bytes that could be written.
        try TreeEditError.check("ftruncate", name, ftruncate(target, off_t(size)))
    }

    private static func copyRange(
        _ source: CInt,
        _ target: CInt,
        _ range: Range<Int64>,
        name: String
    ) throws(TreeEditError) {
        for descriptor in [source, target] where lseek(descriptor, off_t(range.lowerBound), SEEK_SET) < 0 {
            throw TreeEditError.failure("lseek", name)
        }
        var rest = Int(range.upperBound - range.lowerBound)
        while rest > 0 {
            let done = mkosi_copy_range(source, target, min(rest, 1 << 30))
            // The file has become shorter meanwhile.
            if done == 0 { return }
            if done < 0 { break }
            rest -= done
        }
        // copy_file_range(2) does not work between these two file systems: from where the descriptors are.
        var buffer = [UInt8](repeating: 0, count: rest > 0 ? 1 << 17 : 0)
        while rest > 0 {
            let got = read(source, &buffer, min(buffer.count, rest))
            if got == 0 { return }
            if got < 0 {
                if errno == EINTR { continue }
                throw TreeEditError.failure("read", name)
            }
            try write(buffer[..<got], to: target, name: name)
            rest -= got
        }
    }

    /// Writes all bytes at the descriptor's offset.
    package static func write(_ bytes: ArraySlice<UInt8>, to target: CInt, name: String) throws(TreeEditError) {
        do throws(SystemCallError) {
            try writeAll(target, bytes, name)
        } catch {
            throw TreeEditError(error)
        }
    }
}
