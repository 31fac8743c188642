import ArchiveKit
import BootKit
import Glibc
import JSON
import PluginKit
import PluginWire
import System

/// Puts a unified kernel image together.
enum UnifyCommand {
    static let name = "unify"

    struct Job: Codable {
        /// The tree that has the stub, and says what system it is.
        var root: String
        /// As the host names it: `x86-64`.
        var architecture: String
        /// The kernel's image; nil for an addon.
        var kernel: String?
        var output: String
        /// The path of a copy of the kernel as a file of its own.
        var kernelCopy: String?
        var release: String?
        var initrds: [String] = []
        var microcode: [String] = []
        var commandLine: [String] = []
        /// The known facts about the partitions.
        var facts: [String: String] = [:]
        var profiles: [Profile] = []
        /// A bitmap of the tree.
        var splash: String?
        /// The value of `Devicetrees=`.
        var deviceTrees: [String] = []
        /// The whole tree becomes an initrd.
        var tree: Tree?
        /// The public key, in PEM, of signatures of expected PCR values.
        var pcrPublicKey: String?
        /// Bytes of these signatures, which are filled in later.
        var pcrSignatureSize: Int?
        /// True if it is no error that there is no stub.
        var isOptional = false

        init(root: String, architecture: String, kernel: String?, output: String) {
            self.root = root
            self.architecture = architecture
            self.kernel = kernel
            self.output = output
        }

        /// The words for the kernel, with more of them at the end.
        func commandLine(adding words: [String] = []) throws -> String {
            do {
                return try KernelCommandLine(commandLine + words, facts: facts).words.joined(separator: " ")
            } catch {
                throw ErrorObject(code: .invalidParameters, message: error.message, hint: error.hint)
            }
        }

        struct Tree: Codable {
            /// The path of the archive.
            var archive: String
            /// True if the archive stays where it is.
            var isKept = false
            var compression: String
            var level: Int?
            var epoch: Int?
            var jobs: Int
        }

        struct Profile: Codable {
            var text: String
            /// Words that are added to the command line.
            var commandLine: [String]
            /// True if it has signatures of its own.
            var signsExpectedPcr = true
        }
    }

    @Sendable static func run(_ arguments: [String]) throws -> Int32 {
        let job = try ToolJob.read(Job.self)
        guard let stub = try stub(job) else { return 0 }
        var image = UnifiedKernelImage(stub: stub)
        image.kernel = job.kernel
        image.initrds = try (job.tree.map { [try archive(job.root, $0)] } ?? []) + job.initrds
        image.addMicrocode(job.microcode)
        image.release = job.release
        let commandLine = try job.commandLine()
        if !commandLine.isEmpty { image.commandLine = commandLine }
        if job.kernel != nil { image.osRelease = SystemIdentity(root: job.root)?.text }
        let room = job.pcrSignatureSize.map { [UInt8](repeating: 0, count: $0) }
        if let key = job.pcrPublicKey, job.kernel != nil {
            image.pcrPublicKey = Array(key.utf8)
            image.pcrSignature = room
        }
        image.profiles = try job.profiles.map { profile in
            UnifiedKernelImage.Profile(
                text: profile.text,
                commandLine: profile.commandLine.isEmpty ? nil : try job.commandLine(adding: profile.commandLine),
                pcrSignature: profile.signsExpectedPcr ? image.pcrSignature : nil
            )
        }
        do {
            try addFiles(job, to: &image)
            try image.write(to: job.output)
        } catch let error as BootError {
            throw ErrorObject(code: .internalError, message: error.message, hint: error.hint)
        }
        if let tree = job.tree, !tree.isKept { unlink(tree.archive) }
        if let kernel = job.kernel, let copy = job.kernelCopy {
            do throws(SystemCallError) {
                try Files.copy(kernel, to: copy)
            } catch {
                throw ErrorObject.system("copy the kernel", kernel, number: error.errno)
            }
        }
        print(job.output)
        return 0
    }

    /// Adds what the settings choose of the tree's files: the splash and device trees.
    private static func addFiles(_ job: Job, to image: inout UnifiedKernelImage) throws {
        if let splash = job.splash {
            guard let place = Files.place(splash, inTree: job.root), Files.isPlainFile(place) else {
                throw BootError(.missing, "Splash=\(splash) is not a file of the image")
            }
            image.splash = try Files.read(place)
        }
        guard let release = job.release, !job.deviceTrees.isEmpty else { return }
        let trees = try DeviceTrees.find(job.deviceTrees, kernel: release, root: job.root).map { try Files.read($0) }
        guard trees.count > 1 else {
            image.deviceTree = trees.first
            return
        }
        // The stub chooses by what the firmware says, or else by the identifiers of machines.
        image.automaticDeviceTrees = trees
        let suffix = FirmwareArchitecture.suffix(of: job.architecture) ?? ""
        let files = BootDirectory(root: job.root).all(of: "\(hardwareDirectory)/\(suffix)/*.json")
        if !files.isEmpty { image.hardwareIDs = try HardwareIDs(files.map(device)).bytes }
    }

    private static let hardwareDirectory = "/usr/lib/systemd/boot/hwids"

    /// A kind of machine, as ukify(1) describes such files.
    private static func device(_ path: String) throws -> HardwareIDs.Device {
        let json = try JSON.parse(Files.read(path))
        guard let name = json["name"]?.string, let compatible = json["compatible"]?.string,
            let identifiers = json["hwids"]?.array
        else { throw BootError(.damaged, "\(path) does not have the members name, compatible and hwids") }
        return HardwareIDs.Device(name: name, compatible: compatible, identifiers: identifiers.compactMap(\.string))
    }

    /// The stub of the tree; nil where there is none and need not be one.
    ///
    /// That of the host would be of another version than the system, and of another one on every host.
    private static func stub(_ job: Job) throws -> String? {
        guard let suffix = FirmwareArchitecture.suffix(of: job.architecture) else {
            if job.isOptional { return nil }
            throw ErrorObject(code: .unsupported, message: "the architecture \(job.architecture) has no EFI firmware")
        }
        let name = "\(job.kernel == nil ? "addon" : "linux")\(suffix).efi.stub"
        let path = "/usr/lib/systemd/boot/efi/\(name)"
        guard let stub = Files.place(path, inTree: job.root), Files.isPlainFile(stub) else {
            if job.isOptional { return nil }
            throw ErrorObject(
                code: .notFound,
                message: "the image has no \(path), which unified kernel images are made of",
                hint: "Add the package that has it to Packages=: systemd-boot-efi, systemd-boot-unsigned or systemd"
            )
        }
        return stub
    }

    private static func archive(_ root: String, _ tree: Job.Tree) throws -> String {
        guard let compression = Compression(rawValue: tree.compression) else {
            throw ErrorObject(code: .unsupported, message: "an initrd cannot be compressed with \(tree.compression)")
        }
        do {
            let writer = try ArchiveWriter(
                path: tree.archive,
                layout: .newc,
                compression: compression,
                level: tree.level,
                jobs: tree.jobs
            )
            var options = TreeArchiver.Options(epoch: tree.epoch)
            options.keepsLinks = false
            _ = try TreeArchiver.archive(root, to: writer, options: options)
        } catch {
            throw ErrorObject(code: .internalError, message: error.message, subject: error.path)
        }
        return tree.archive
    }
}
