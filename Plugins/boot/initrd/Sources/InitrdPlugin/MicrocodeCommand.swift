import ArchiveKit
import BootKit
import Glibc
import InitrdKit
import JSON
import PluginKit
import PluginWire
import System

/// Makes the archive with microcode that the kernel loads before anything else.
///
/// The kernel looks for two files in an archive that is not compressed (kernel, Documentation/arch/x86/microcode.rst).
enum MicrocodeCommand {
    static let name = "microcode"

    struct Job: Codable {
        var root: String
        var output: String
        /// The processor whose microcode is the only one, as the host describes it; nil: that of all processors.
        var processor: String?
        var epoch: Int?
    }

    private static let vendors = [
        (directory: "amd-ucode", file: "AuthenticAMD.bin"), (directory: "intel-ucode", file: "GenuineIntel.bin"),
    ]

    @Sendable static func run(_ arguments: [String]) throws -> Int32 {
        let job = try ToolJob.read(Job.self)
        let processor = job.processor.flatMap(Processor.init)
        if job.processor != nil, processor == nil {
            throw ErrorObject(
                code: .unsupported,
                message:
                    "MicrocodeHost=yes, and the kernel does not say which processor of Intel or AMD this machine has",
                hint: "Set MicrocodeHost=no to include the microcode for all processors"
            )
        }
        var archive = InitrdArchive(epoch: job.epoch)
        for vendor in vendors {
            guard let directory = Files.place("/usr/lib/firmware/\(vendor.directory)", inTree: job.root),
                let names = try? DirectoryReader.names(at: BytePath(directory))
            else { continue }
            // Signatures and texts are next to the files of AMD; those of Intel have numbers for names.
            let files = names.map(\.string).filter { name in
                Files.kind(of: "\(directory)/\(name)") == S_IFREG
                    && (vendor.directory == "intel-ucode" || name.hasSuffix(".bin"))
                    && processor?.loads("\(vendor.directory)/\(name)") != false
            }
            if files.isEmpty { continue }
            archive.add(
                "kernel/x86/microcode/\(vendor.file)",
                joining: files.map { "\(directory)/\($0)" }
            )
        }
        if archive.isEmpty { return 0 }
        try archive.write(to: job.output, compression: .none)
        print("microcode.cpio")
        return 0
    }
}
