import CFiles
import Glibc

extension Files {
    /// Copies a regular file, sharing its blocks where the file system can; holes stay holes.
    ///
    /// - Parameters:
    ///   - source: The file; `openRegular` says what else is read.
    ///   - target: The copy, which must not exist.
    ///   - mode: The permission bits of the copy, from which the mask takes some.
    /// - Throws: The call that failed, on the file that it failed for.
    public static func copy(_ source: String, to target: String, mode: UInt32 = 0o644) throws(SystemCallError) {
        let input = try openRegular(source)
        let output = try Descriptor.open(target, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW, mode: mode)
        var status = stat()
        try systemCall("fstat", source) { fstat(input.number, &status) }
        try copyContent(of: input.number, to: output.number, size: Int64(status.st_size), source)
    }

    /// Copies all of an open file to one that is empty, sharing blocks where the file system can; holes stay holes.
    ///
    /// - Parameters:
    ///   - source: The open file; its offset is changed.
    ///   - target: The empty file, open for writing.
    ///   - size: The size of the source in bytes; of one that has become shorter, what is missing is a hole.
    ///   - name: The file that errors name.
    /// - Throws: The call that failed.
    public static func copyContent(
        of source: CInt,
        to target: CInt,
        size: Int64,
        _ name: String? = nil
    ) throws(SystemCallError) {
        if mkosi_clone_file(target, source) == 0 { return }
        var offset: Int64 = 0
        while offset < size {
            var start = mkosi_next_data(source, offset)
            if start < 0, errno == ENXIO { break }
            // The file system does not report holes: everything is data.
            if start < 0 { start = offset }
            let end = mkosi_next_hole(source, start)
            let stop = end > start ? min(end, size) : size
            try copyRange(source, target, start..<stop, name)
            offset = stop
        }
        // A hole at the end has no bytes that could be written.
        try systemCall("ftruncate", name) { ftruncate(target, off_t(size)) }
    }

    private static func copyRange(
        _ source: CInt,
        _ target: CInt,
        _ range: Range<Int64>,
        _ name: String?
    ) throws(SystemCallError) {
        for descriptor in [source, target] {
            _ = try systemCall("lseek", name) { lseek(descriptor, off_t(range.lowerBound), SEEK_SET) }
        }
        var rest = Int(range.upperBound - range.lowerBound)
        while rest > 0 {
            let done = mkosi_copy_range(source, target, min(rest, 1 << 30))
            // The file has become shorter meanwhile.
            if done == 0 { return }
            if done < 0 { break }
            rest -= done
        }
        if rest == 0 { return }
        // copy_file_range(2) does not work between these two file systems: from where the descriptors are.
        let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 1 << 17, alignment: 4096)
        defer { buffer.deallocate() }
        while rest > 0 {
            let got = try systemCall("read", name) {
                Glibc.read(source, buffer.baseAddress, min(buffer.count, rest))
            }
            if got == 0 { return }
            try writeAll(target, UnsafeRawBufferPointer(rebasing: buffer[..<got]), name)
            rest -= got
        }
    }
}
