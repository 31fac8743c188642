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
            var prepared: (disk: PreparedDisk, image: PreparedImage)?
            if let disk = job.prepared, let image = job.preparedImage { prepared = (disk, image) }
            let built = try job.builder(channel).build(job.survey, from: prepared)
            if let prepared, built.rootHashes.count > prepared.disk.rootHashes.count {
                channel.warning(
                    "The root hash is not part of the kernel's command line, for the boot loader is in the same "
                        + "partition: a system that starts from this disk is not verified"
                )
            }
            if let directory = job.definitionsDirectory {
                try Files.makeDirectories(directory)
                for file in job.files ?? [] {
                    let path = "\(directory)/\(file.name).conf"
                    try Files.write(Array(file.text.utf8), to: path)
                    for dropIn in file.dropIns ?? [] {
                        try Files.makeDirectories("\(path).d")
                        try Files.write(Array(dropIn.text.utf8), to: "\(path).d/\(Paths.name(dropIn.path))")
                    }
                }
                let name = BytePath(directory).name.string
                channel.report(DiskProduct(output: ABI.V1.Output(name: name, role: "repart-definitions")))
            }
            if let base = job.hashBase {
                for (role, suffix) in [(.root, "roothash"), (.usr, "usrhash")] as [(PartitionType.Role, String)] {
                    guard let hash = built.rootHash(of: role) else { continue }
                    let path = "\(base).\(suffix)"
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
