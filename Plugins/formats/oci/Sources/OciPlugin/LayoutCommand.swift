import ArchiveKit
import Crypto
import Glibc
import JSON
import PluginKit
import PluginWire
import System

/// The command of the program inside the sandbox that writes the layer and the documents of an image.
public enum LayoutCommand {
    public static let name = "layout"

    /// All that it needs to know.
    public struct Job: Codable, Sendable, Equatable {
        public var root: String
        /// The directory that it makes.
        public var layout: String
        public var compression: LayerCompression
        public var level: Int?
        public var jobs: Int
        public var description: ImageDescription
    }

    /// Writes the image that the job describes.
    @Sendable public static func run(_ arguments: [String]) throws -> Int32 {
        let job = try ToolJob.read(Job.self)
        // The end of the thread that reads a pipe is an error of the one that writes to it, not a signal.
        signal(SIGPIPE, SIG_IGN)
        do {
            try write(job)
        } catch let error as ImageError {
            throw ErrorObject(code: .internalError, message: error.message, subject: error.path)
        }
        return 0
    }

    private static func write(_ job: Job) throws {
        let blobs = "\(job.layout)/blobs/sha256"
        try Files.makeDirectories(blobs)
        let layer = LayerBlob(
            compression: job.compression,
            level: job.level,
            jobs: job.jobs,
            epoch: job.description.epoch
        )
        let pending = "\(blobs)/layer"
        let digests = try layer.write(job.root, to: pending)
        let path = "\(blobs)/\(digests.blob)"
        try systemCall("rename", path) { rename(pending, path) }
        let documents = ImageDocuments(
            description: job.description,
            layers: [
                ImageDocuments.Layer(
                    blob: ImageDocuments.Blob(digest: digests.blob, size: Files.size(of: path) ?? 0),
                    mediaType: job.compression.mediaType,
                    content: digests.archive
                )
            ]
        )
        let configuration = try add(documents.configuration, to: blobs)
        let manifest = try add(documents.manifest(configuration), to: blobs)
        try Files.write(try JSONText.encode(documents.index(manifest)), to: "\(job.layout)/index.json")
        try Files.write(try JSONText.encode(ImageDocuments.layout), to: "\(job.layout)/oci-layout")
    }

    /// Writes a document as a blob.
    private static func add(_ document: JSON, to blobs: String) throws -> ImageDocuments.Blob {
        let bytes = try JSONText.encode(document)
        let digest = try Digest.of(bytes)
        try Files.write(bytes, to: "\(blobs)/\(digest)")
        return ImageDocuments.Blob(digest: digest, size: bytes.count)
    }
}
