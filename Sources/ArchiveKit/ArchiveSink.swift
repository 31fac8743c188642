internal import CArchive
internal import Crypto
internal import Glibc
internal import System

/// The file that an archive is written to, from its first byte to its last, and the digest of these bytes.
///
/// A class, because libarchive holds a pointer to it while it writes.
final class ArchiveSink {
    private let output: Descriptor
    private var digest: Digest?

    /// Makes the file, or empties it.
    convenience init(path: String, computesDigest: Bool) throws(ImageError) {
        let file: Descriptor
        do throws(SystemCallError) {
            file = try Descriptor.open(path, O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW)
        } catch {
            throw ImageError(.output, cannot: "create", path, number: error.errno)
        }
        try self.init(file, name: path, computesDigest: computesDigest)
    }

    /// Writes where a descriptor leads; `name` is what errors call it.
    init(_ output: consuming Descriptor, name: String, computesDigest: Bool) throws(ImageError) {
        self.output = output
        do throws(DigestError) {
            digest = computesDigest ? try Digest() : nil
        } catch {
            throw ImageError(.unsupported, error.message, path: name)
        }
    }

    /// Makes libarchive write its output to this file; the sink has to outlive the archive.
    func open(_ archive: OpaquePointer) -> Bool {
        let pointer = Unmanaged.passUnretained(self).toOpaque()
        return archive_write_open(
            archive,
            pointer,
            nil,
            { archive, pointer, bytes, count in
                guard let pointer else { return -1 }
                let sink = Unmanaged<ArchiveSink>.fromOpaque(pointer).takeUnretainedValue()
                do throws(SystemCallError) {
                    try sink.write(UnsafeRawBufferPointer(start: bytes, count: count))
                    return count
                } catch {
                    mkosi_archive_set_errno(archive, error.errno)
                    return -1
                }
            },
            nil
        ) == ARCHIVE_OK
    }

    private func write(_ bytes: UnsafeRawBufferPointer) throws(SystemCallError) {
        try writeAll(output.number, bytes)
        digest?.update(bytes)
    }

    /// The SHA-256 of all that was written, if it was requested.
    func finish() -> String? {
        digest.take()?.finish()
    }
}
