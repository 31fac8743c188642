import BootKit
import BootloaderKit
import Glibc
import JSON
import PluginKit
import PluginWire
import System

/// Writes the boot loader, its configuration and the kernels to the tree.
enum InstallCommand {
    static let name = "install"

    struct Job: Codable {
        var loader: String
        var root: String
        /// As the host names it: `x86-64`.
        var architecture: String
        /// The newest first.
        var kernels: [InstalledKernel]
        var commandLine: [String]
        /// The known facts about the partitions.
        var facts: [String: String]
        /// The choice of unified kernel images.
        var unified: UnifiedChoice
        /// The value of `UnifiedKernelImageFormat=`.
        var nameFormat: String?
        var shim = BootChain.Shim.none
        /// The value of `Devicetrees=`.
        var deviceTrees: [String] = []
        /// True if programs are to be signed.
        var signs = false
        /// The files that are copied to `loader/keys/auto`: paths by names.
        var enrolment: [String: String] = [:]
    }

    /// Installs as the job says.
    @Sendable static func run(_ arguments: [String]) throws -> Int32 {
        let job = try ToolJob.read(Job.self)
        let commandLine: KernelCommandLine
        do {
            commandLine = try KernelCommandLine(job.commandLine, facts: job.facts)
        } catch {
            throw ErrorObject(code: .invalidParameters, message: error.message, hint: error.hint)
        }
        do {
            var boot = BootDirectory(root: job.root)
            let kernels = try install(job, commandLine, &boot)
            if job.signs { print(try JSONText.string(boot.pendingSignatures(besides: kernels))) }
        } catch let error as BootError {
            throw ErrorObject(code: .commandFailed, message: error.message, hint: error.hint)
        }
        return 0
    }

    /// Returns the paths of kernels that are started as they are.
    private static func install(
        _ job: Job,
        _ commandLine: KernelCommandLine,
        _ boot: inout BootDirectory
    ) throws -> [String] {
        let chain = try BootChain(architecture: job.architecture, shim: job.shim)
        let suffix = chain.suffix
        guard let path = LoaderProgram.path(of: job.loader, architecture: job.architecture) else {
            guard let image = job.kernels.first?.unified else { throw job.unified.missing(kernel: nil) }
            try chain.installShim(in: &boot)
            try boot.copy(image, to: chain.loader)
            return []
        }
        guard let program = Files.place(path, inTree: job.root), Files.isPlainFile(program) else {
            throw ErrorObject(
                code: .notFound,
                message: "the image has no \(path)",
                hint: "Add the package that has it to Packages=: systemd-boot-efi, systemd-boot-unsigned or systemd"
            )
        }
        try chain.installShim(in: &boot)
        try boot.copy(program, to: "/efi/EFI/systemd/systemd-boot\(suffix).efi")
        try boot.copy(program, to: chain.loader)
        for (name, file) in job.enrolment.sorted(by: { $0.key < $1.key }) {
            try boot.copy(file, to: "/efi/loader/keys/auto/\(name)")
        }
        try boot.writeUnlessThere("timeout 3\n", to: "/efi/loader/loader.conf")
        try boot.writeUnlessThere("type1\n", to: "/efi/loader/entries.srel")
        let token = SystemIdentity.entryToken(root: job.root)
        var kernels: [String] = []
        for kernel in job.kernels {
            if let image = kernel.unified {
                let name = try EntryName(
                    format: job.nameFormat,
                    commandLine: commandLine,
                    token: token,
                    version: kernel.version,
                    in: boot
                )
                try boot.copy(image, to: "/boot/EFI/Linux/\(name.text).efi")
            } else if job.unified.isRequired {
                throw job.unified.missing(kernel: kernel.version)
            } else {
                kernels += try installEntry(of: kernel, commandLine, token, job, &boot)
            }
        }
        return kernels
    }

    /// An entry of the Boot Loader Specification, type 1, and the files that it names.
    private static func installEntry(
        of kernel: InstalledKernel,
        _ commandLine: KernelCommandLine,
        _ token: String,
        _ job: Job,
        _ boot: inout BootDirectory
    ) throws -> [String] {
        guard let image = kernel.image else { return [] }
        let files = try BootFiles(
            image,
            kernel.initrds,
            deviceTrees: DeviceTrees.find(job.deviceTrees, kernel: kernel.version, root: job.root),
            token: token,
            version: kernel.version,
            in: &boot
        )
        try files.writeEntry(commandLine: commandLine.words, in: &boot)
        return ["/boot\(files.kernel)"]
    }
}
