import ArchiveKit
import DiskKit
import Glibc
import JSON
import PluginKit
import PluginWire
import System

/// The tool `finish`, inside the sandbox: splits and compresses an image that has its signatures.
public enum FinishTool {
    public static let name = "finish"

    /// The work on a whole image.
    struct Job: Codable, Sendable {
        /// The named pipe of the tool's channel.
        var channel: String
        var image: String
        var output: String
        var compression: String
        var compressionLevel: Int?
        var jobs: Int
        var files: [PartitionFile] = []

        init(_ job: DiskJob) {
            channel = job.channel
            image = job.image
            output = job.output
            compression = job.compression
            compressionLevel = job.compressionLevel
            jobs = job.jobs
        }

        /// Does it, and reports each output.
        func run(_ channel: ToolChannel) throws {
            for file in files { try file.write(from: image) }
            if compression != "none" {
                guard let compression = Compression(rawValue: compression) else {
                    throw ErrorObject(code: .unsupported, message: "disks cannot be compressed with \(compression)")
                }
                try FileCompressor.compress(
                    image,
                    to: output,
                    compression: compression,
                    level: compressionLevel,
                    jobs: jobs
                )
            }
            channel.report(DiskProduct(output: ABI.V1.Output(name: BytePath(output).name.string)))
            for file in files {
                let name = BytePath(file.path).name.string
                channel.report(DiskProduct(output: ABI.V1.Output(name: name, role: "partition")))
            }
            if image != output { unlink(image) }
        }
    }

    /// Reads a `Job` on standard input.
    @Sendable public static func run(_ arguments: [String]) throws -> Int32 {
        let job = try JSONText.decode(Job.self, from: Descriptor.readAll(0))
        let channel = try ToolChannel(path: job.channel)
        try channel.reportingFailure(describedBy: ErrorObject.ofDisk) { try job.run(channel) }
        return 0
    }
}
