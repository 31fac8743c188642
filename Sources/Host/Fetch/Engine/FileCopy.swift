internal import CFiles
internal import Crypto
internal import Glibc
internal import System

/// A private copy of a file of the cache, and the digest of exactly what the copy holds.
///
/// The cache belongs to the user, and so to every program of the user: a file in it may be another one, or be written
/// to, between its check and its use.
enum FileCopy {
    /// Copies what a descriptor has, sharing blocks where the file system can, and returns the SHA-256 digest.
    static func make(_ path: String, of source: Int32) throws -> String {
        unlink(path)
        let target = mkosi_file_open(path, O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW, 0o644)
        guard target >= 0 else { throw FetchFailure(cannot: "create", path) }
        defer { close(target) }
        var digest = try Digest()
        if mkosi_clone_file(target, source) == 0 {
            // Blocks that are shared stay as they are when the original is written to.
            _ = try digest.update(descriptor: target)
            return digest.finish()
        }
        let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 1 << 18, alignment: 4096)
        defer { buffer.deallocate() }
        while true {
            let got = read(source, buffer.baseAddress, buffer.count)
            if got == 0 { return digest.finish() }
            if got < 0 {
                if errno == EINTR { continue }
                throw FetchFailure(cannot: "read the source of", path)
            }
            let block = UnsafeRawBufferPointer(rebasing: buffer[..<got])
            digest.update(block)
            do throws(SystemCallError) {
                try writeAll(target, block)
            } catch {
                throw FetchFailure(cannot: "write", path, number: error.errno)
            }
        }
    }
}
