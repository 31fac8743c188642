internal import CFiles
internal import Glibc
internal import System

/// Compresses one file as it is.
public enum FileCompressor {
    /// Writes a compressed copy, the same bytes for the same content however many threads there are.
    ///
    /// A copy that is not whole is removed again.
    public static func compress(
        _ source: String,
        to target: String,
        compression: Compression,
        level: Int? = nil,
        jobs: Int = 1
    ) throws(ImageError) {
        do throws(ImageError) {
            let file = try Descriptor(path: source, flags: O_RDONLY)
            var status = mkosi_status()
            guard mkosi_status_of(file.number, &status) == 0 else {
                throw ImageError(.input, cannot: "look at", source)
            }
            var writer = try ArchiveWriter(
                path: target,
                layout: .raw,
                compression: compression,
                level: level,
                jobs: jobs
            )
            var entry = ArchiveEntry(path: "data", kind: .regular, mode: 0o644, user: 0, group: 0)
            entry.size = Int(status.size)
            try writer.begin(entry)
            let buffer = Buffer()
            while true {
                let got = retrying { read(file.number, buffer.bytes.baseAddress, buffer.bytes.count) }
                if got < 0 { throw ImageError(.input, cannot: "read", source) }
                if got == 0 { break }
                try writer.append(UnsafeRawBufferPointer(rebasing: buffer.bytes[..<got]))
            }
            try writer.finish()
        } catch {
            unlink(target)
            throw error
        }
    }
}
