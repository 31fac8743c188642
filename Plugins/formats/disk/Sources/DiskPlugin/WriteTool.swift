import ArchiveKit
import DiskKit
import Glibc
import JSON
import PluginKit
import PluginWire
import System

/// The tool `write`, inside the sandbox: makes the image and what is split from it.
public enum WriteTool {
    public static let name = "write"

    /// Reads a `DiskJob` on standard input and reports each output.
    @Sendable public static func run(_ arguments: [String]) throws -> Int32 {
        let job = try JSONText.decode(DiskJob.self, from: Descriptor.readAll(0))
        let channel = try ToolChannel(path: job.channel)
        try channel.reportingFailure(describedBy: ErrorObject.ofDisk) {
            let built = try job.builder(channel).build(job.survey)
            let bootRoles: Set<PartitionType.Role> = [.esp, .xbootldr]
            let boots = built.layout.partitions.contains { bootRoles.contains($0.definition.type.role) }
            if boots, !built.rootHashes.isEmpty {
                channel.warning(
                    "The root hash is not part of the kernel's command line yet: "
                        + "a system that starts from this disk is not verified"
                )
            }
            if job.compression != "none" { try compress(job) }
            channel.report(ABI.V1.Output(name: fileName(job.output)))
            if let base = job.splitBase {
                for path in try built.layout.split(job.image, base: base) {
                    channel.report(ABI.V1.Output(name: fileName(path), role: "partition"))
                }
            }
            if let base = job.hashBase {
                for (role, hash) in built.rootHashes.sorted(by: { $0.key.rawValue < $1.key.rawValue }) {
                    let path = "\(base).\(role.rawValue == "usr" ? "usrhash" : "roothash")"
                    try Files.write(Array(hash.utf8), to: path)
                    channel.report(ABI.V1.Output(name: fileName(path), role: "roothash"))
                }
            }
            if job.image != job.output { unlink(job.image) }
        }
        return 0
    }

    private static func fileName(_ path: String) -> String { BytePath(path).name.string }

    private static func compress(_ job: DiskJob) throws {
        guard let compression = Compression(rawValue: job.compression) else {
            throw ErrorObject(code: .unsupported, message: "disks cannot be compressed with \(job.compression)")
        }
        try FileCompressor.compress(
            job.image,
            to: job.output,
            compression: compression,
            level: job.compressionLevel,
            jobs: job.jobs
        )
    }
}
