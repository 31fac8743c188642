internal import Glibc
public import System

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
        let file = try Descriptor(path: source, flags: O_RDONLY)
        guard let status = FileStatus(of: file.number) else {
            throw ImageError(.input, cannot: "look at", source)
        }
        try compress(
            file,
            name: source,
            size: status.size,
            to: target,
            compression: compression,
            level: level,
            jobs: jobs
        )
    }

    /// Compresses what a descriptor gives until its end, such as that of a pipe, and returns the digest of the file if it
    /// was requested.
    ///
    /// `name` is what errors call the source; its size matters only to readers that ask for it. A file that is not whole
    /// is removed again.
    @discardableResult
    public static func compress(
        _ source: borrowing Descriptor,
        name: String,
        size: Int = 0,
        to target: String,
        compression: Compression,
        level: Int? = nil,
        jobs: Int = 1,
        computesDigest: Bool = false
    ) throws(ImageError) -> String? {
        do throws(ImageError) {
            var writer = try ArchiveWriter(
                path: target,
                layout: .raw,
                compression: compression,
                level: level,
                jobs: jobs,
                computesDigest: computesDigest
            )
            var entry = ArchiveEntry(path: "data", kind: .regular, mode: 0o644, user: 0, group: 0)
            entry.size = size
            try writer.begin(entry)
            let buffer = Buffer()
            while true {
                let got = retrying { read(source.number, buffer.bytes.baseAddress, buffer.bytes.count) }
                if got < 0 { throw ImageError(.input, cannot: "read", name) }
                if got == 0 { break }
                try writer.append(UnsafeRawBufferPointer(rebasing: buffer.bytes[..<got]))
            }
            return try writer.finish()
        } catch {
            unlink(target)
            throw error
        }
    }
}
