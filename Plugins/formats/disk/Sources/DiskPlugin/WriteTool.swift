import DiskKit
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
            if let base = job.hashBase {
                for (role, hash) in built.rootHashes.sorted(by: { $0.key.rawValue < $1.key.rawValue }) {
                    let path = "\(base).\(role.rawValue == "usr" ? "usrhash" : "roothash")"
                    try Files.write(Array(hash.utf8), to: path)
                    channel.report(
                        DiskProduct(output: ABI.V1.Output(name: BytePath(path).name.string, role: "roothash"))
                    )
                }
            }
            var finish = FinishTool.Job(job)
            if let base = job.splitBase { finish.files = try built.layout.split(base: base) }
            if built.signatures.isEmpty {
                try finish.run(channel)
            } else {
                for signature in built.signatures { channel.report(DiskProduct(signature: signature)) }
                channel.report(DiskProduct(finish: finish))
            }
        }
        return 0
    }
}
