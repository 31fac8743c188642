import ArchiveKit
import Glibc
import System

/// Writes a tree as the layer of an image.
///
/// An image names a layer by two digests: that of the archive, and that of the blob, which is compressed. The archive
/// goes from one thread to another through a pipe, so that it is neither stored nor read once more for either of them.
struct LayerBlob {
    var compression: LayerCompression
    var level: Int?
    var jobs: Int
    var epoch: Int?

    /// The digests of what was written to `path`.
    func write(_ root: String, to path: String) throws -> (archive: String, blob: String) {
        var options = TreeArchiver.Options(epoch: epoch)
        options.keepsLinks = true
        guard let compression = Compression(rawValue: compression.rawValue), compression != .none else {
            let writer = try ArchiveWriter(path: path, computesDigest: true)
            let digest = try TreeArchiver.archive(root, to: writer, options: options) ?? ""
            return (digest, digest)
        }
        let (reader, writer) = try Descriptor.pipe().release()
        let outcome = Monitor<Result<String, any Error>?>(nil)
        let (level, jobs) = (level, jobs)
        let thread = try WorkerThread {
            let source = Descriptor(owning: reader)
            let result = Result<String, any Error> {
                try FileCompressor.compress(
                    source,
                    name: "the archive of a layer",
                    to: path,
                    compression: compression,
                    level: level,
                    jobs: jobs,
                    computesDigest: true
                ) ?? ""
            }
            outcome.withLock { $0 = result }
        }
        let archive = Result<String, any Error> {
            let archive = try ArchiveWriter(to: Descriptor(owning: writer), name: path, computesDigest: true)
            return try TreeArchiver.archive(root, to: archive, options: options) ?? ""
        }
        thread.join()
        // A blob that cannot be written ends the archive, too: then the first reason is that of the blob.
        let blob = try outcome.withLock { $0.take() }?.get() ?? ""
        return (try archive.get(), blob)
    }
}
