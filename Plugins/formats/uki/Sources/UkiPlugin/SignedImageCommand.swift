import BootKit
import PluginKit
import PluginWire
import System

/// Copies the unified kernel image that a distribution has built and signed for a kernel.
enum SignedImageCommand {
    static let name = "signed-image"

    struct Job: Codable {
        var root: String
        /// The kernel's release.
        var version: String
        var output: String
    }

    /// Prints the name of the output if there is such an image.
    @Sendable static func run(_ arguments: [String]) throws -> Int32 {
        let job = try ToolJob.read(Job.self)
        let boot = BootDirectory(root: job.root)
        // Next to the modules of the kernel everything is for that kernel.
        let own = boot.all(of: "/usr/lib/modules/\(job.version)/*.efi").filter { isSigned($0) }
        let images =
            own + boot.all(of: "/usr/lib/kernel/*.efi").filter { isSigned($0) && version(of: $0) == job.version }
        guard let image = images.first else { return 0 }
        guard images.count == 1 else {
            let names = images.map { $0.dropFirst(job.root.count) }.joined(separator: " and ")
            throw ErrorObject(
                code: .invalidParameters,
                message: "the image has several signed unified kernel images for \(job.version): \(names)",
                hint: "Remove all but one from it, or set UnifiedKernelImages=unsigned"
            )
        }
        do throws(SystemCallError) {
            try Files.copy(image, to: job.output)
        } catch {
            throw ErrorObject.system("copy the unified kernel image", image, number: error.errno)
        }
        print(job.output)
        return 0
    }

    /// Returns true for an EFI program with a kernel in it and a signature, whoever has made that.
    private static func isSigned(_ path: String) -> Bool {
        guard let file = try? PEFile(path: path), file.section(named: ".linux") != nil else { return false }
        return (try? Authenticode(path: path).isSigned) == true
    }

    private static func version(of path: String) -> String? {
        guard let section = try? PEFile(path: path).section(named: ".uname"),
            let bytes = try? section.bytes(of: path, limit: 1 << 12)
        else { return nil }
        return String(decoding: bytes.prefix { $0 != 0 && $0 != UInt8(ascii: "\n") }, as: UTF8.self)
    }
}
