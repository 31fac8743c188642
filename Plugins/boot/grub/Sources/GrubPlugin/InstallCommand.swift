import BootKit
import BootloaderKit
import JSON
import PluginKit
import PluginWire
import System

/// Writes GRUB, its configuration and the kernels to the tree.
enum InstallCommand {
    static let name = "install"

    struct Job: Codable {
        var isSigned: Bool
        var isUEFI: Bool
        var distribution: String?
        var root: String
        var scratch: String
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
        var shim: BootChain.Shim
        /// The value of `Devicetrees=`.
        var deviceTrees: [String]
        /// True if programs are to be signed.
        var signs = false
    }

    /// Installs as the job says.
    @Sendable static func run(_ arguments: [String]) throws -> Int32 {
        let job = try ToolJob.read(Job.self)
        do {
            let commandLine = try KernelCommandLine(job.commandLine, facts: job.facts)
            var boot = BootDirectory(root: job.root)
            if job.isUEFI { try installProgram(job, &boot) } else { try installModules(job, &boot) }
            let kernels = try installKernels(job, commandLine, &boot)
            if job.signs { print(try JSONText.string(boot.pendingSignatures(besides: kernels))) }
        } catch let error as BootError {
            throw ErrorObject(code: .commandFailed, message: error.message, hint: error.hint)
        }
        return 0
    }

    // MARK: - The boot loader

    private static func installProgram(_ job: Job, _ boot: inout BootDirectory) throws {
        let chain = try BootChain(architecture: job.architecture, shim: job.shim)
        var vendor: String?
        if job.isSigned || job.shim == .signed {
            let program = try signedProgram(chain.suffix, in: boot)
            vendor = try VendorDirectory.name(in: program)
            try chain.installShim(in: &boot)
            try boot.copy(program, to: chain.loader)
        } else {
            let target = target(of: job.architecture)
            // What starts kernels is in the program itself.
            let package = "grub-efi-\(packageName(of: job.architecture))-bin"
            let directory = try ModuleDirectory(target: target, root: job.root, package: package)
            try chain.installShim(in: &boot)
            let program = "\(job.scratch)/grub.efi"
            try directory.makeImage(program, prefix: directoryOfGrub, modules: modules)
            defer { Files.remove(program) }
            try boot.copy(program, to: chain.loader)
        }
        // Those that distributions sign look for their configuration in a directory that only they know.
        let identity = SystemIdentity(root: job.root)?.values["ID"]
        let names = [vendor, job.distribution, identity].compactMap(\.self)
        guard let name = names.first(where: { $0 != "custom" && $0 != "none" }) else { return }
        try boot.writeUnlessThere("configfile \(configuration)\n", to: "/efi/EFI/\(name)/grub.cfg")
    }

    private static func signedProgram(_ suffix: String, in boot: BootDirectory) throws -> String {
        let patterns = [
            "/usr/lib/grub/*-signed/grub\(suffix).efi.signed", "/usr/lib/efi/grub2/*/EFI/*/grub\(suffix).efi",
            "/boot/efi/EFI/*/grub\(suffix).efi", "/usr/share/efi/*/grub.efi",
        ]
        if let found = boot.first(of: patterns) { return found }
        throw ErrorObject(
            code: .notFound,
            message: "the image has no signed GRUB: none of \(patterns.joined(separator: ", ")) exists",
            hint: "Add the package that has it to Packages=, such as grub-efi-\(suffixes[suffix] ?? suffix)-signed or "
                + "grub2-efi-\(suffix)"
        )
    }

    /// Copies the modules to where the core loads them from that a BIOS starts.
    private static func installModules(_ job: Job, _ boot: inout BootDirectory) throws {
        let directory = try ModuleDirectory(target: "i386-pc", root: job.root, package: "grub-pc-bin")
        for file in try directory.files() {
            try boot.copy("\(directory.path)/\(file)", to: "/efi\(directoryOfGrub)/\(directory.target)/\(file)")
        }
    }

    private static let directoryOfGrub = "/grub"
    private static let configuration = "\(directoryOfGrub)/grub.cfg"

    /// The modules that are built into the program.
    private static let modules = [
        "part_gpt", "part_msdos", "fat", "normal", "configfile", "search", "search_fs_file", "echo", "test", "sleep",
        "chain", "linux", "gzio", "all_video", "gfxterm", "serial", "terminal", "reboot", "halt",
    ]

    private static func target(of architecture: String) -> String {
        switch architecture {
        case "x86-64": "x86_64-efi"
        case "x86": "i386-efi"
        default: "\(architecture)-efi"
        }
    }

    /// Returns Debian's word for an architecture in the names of GRUB's packages.
    private static func packageName(of architecture: String) -> String {
        let suffix = FirmwareArchitecture.suffix(of: architecture) ?? architecture
        return suffixes[suffix] ?? suffix
    }

    private static let suffixes = ["x64": "amd64", "aa64": "arm64"]

    // MARK: - Kernels

    /// Returns the paths of kernels that are started as they are.
    private static func installKernels(
        _ job: Job,
        _ commandLine: KernelCommandLine,
        _ boot: inout BootDirectory
    ) throws -> [String] {
        var kernels: [String] = []
        let token = SystemIdentity.entryToken(root: job.root)
        var menu = Menu(platform: job.isUEFI ? "efi" : "pc")
        for kernel in job.kernels {
            let title = "\(token)-\(kernel.version)"
            if let image = kernel.unified {
                let name = try EntryName(
                    format: job.nameFormat,
                    commandLine: commandLine,
                    token: token,
                    version: kernel.version,
                    in: boot
                )
                let path = "/EFI/Linux/\(name.text).efi"
                try boot.copy(image, to: "/boot\(path)")
                menu.add(title, program: path)
            } else if job.unified.isRequired {
                throw job.unified.missing(kernel: kernel.version)
            } else if let image = kernel.image {
                let files = try BootFiles(
                    image,
                    kernel.initrds,
                    deviceTrees: DeviceTrees.find(job.deviceTrees, kernel: kernel.version, root: job.root),
                    token: token,
                    version: kernel.version,
                    keepsKernel: !job.isUEFI,
                    in: &boot
                )
                // GRUB does not say which disk it was started from, by which systemd would find the partitions.
                let words = commandLine.namingRoot(facts: job.facts).words
                try files.writeEntry(commandLine: words, in: &boot)
                kernels.append("/boot\(files.kernel)")
                menu.add(title, files, commandLine: words)
            }
        }
        let path = "/efi\(configuration)"
        try boot.write((boot.text(of: path) ?? Menu.head) + menu.text, to: path)
        return kernels
    }
}
