import ByteKeys
import DiskKit
import JSON
import LabelKit
import PluginKit
import PluginWire
import System

/// The user's settings of a disk, out of a request.
struct DiskSettings {
    private let values: ByteDictionary<JSON>
    private let format: String

    init(_ request: ABI.V1.Assemble) {
        values = request.settings ?? [:]
        format = request.format
    }

    init(_ request: ABI.V1.CheckFormat) {
        values = request.settings ?? [:]
        format = request.format
    }

    init(_ request: ABI.V1.MakeArtifact) {
        values = request.settings ?? [:]
        format = "disk"
    }

    /// The job for a whole disk.
    func job(_ request: ABI.V1.Assemble, root: String, scratch: String) throws -> DiskJob {
        let isWhole = request.compression == "none" || format == "esp"
        let output = "\(request.staging)/\(request.outputName)"
        var job = try job(root: root, scratch: scratch, fileSystem: request.fileSystem)
        job.image = isWhole ? output : "\(scratch)/image"
        job.output = output
        if format != "esp" { job.bootCode = try bootCode(request) }
        // By default there is none, as with systemd-repart before version 261, which knows no catalogs.
        if values["ElTorito"]?.string == "enabled" { job.optical = try optical() }
        if !isWhole {
            job.compression = request.compression
            job.compressionLevel = request.compressionLevel
        }
        job.epoch = request.sourceDateEpoch
        job.jobs = request.jobs
        if splits.contains("partitions") { job.splitBase = "\(request.staging)/\(request.baseName)" }
        if splits.contains("repart-definitions") {
            job.definitionsDirectory = "\(request.staging)/\(request.baseName).repart.d"
        }
        if splits.contains("roothash") { job.hashBase = "\(request.staging)/\(request.baseName)" }
        return job
    }

    /// The job for the partitions that do not depend on what starts the disk.
    func job(_ request: ABI.V1.MakeArtifact, root: String, scratch: String, image: String) throws -> DiskJob {
        var job = try job(root: root, scratch: scratch, fileSystem: request.fileSystem)
        job.image = image
        job.epoch = request.sourceDateEpoch
        job.jobs = request.jobs
        // The artifact is made where a boot loader is installed.
        job.defaults.isBootable = job.defaults.isBootable ?? true
        return job
    }

    /// Returns the job as far as it is known before there is a tree.
    func jobToCheck() throws -> DiskJob { try job(root: "", scratch: "", fileSystem: nil) }

    private func job(root: String, scratch: String, fileSystem: String?) throws -> DiskJob {
        let bootable = values["Bootable"]?.string
        let isESP = format == "esp"
        let defaults = DefaultDefinitions(
            isBootable: isESP ? true : bootable == "enabled" ? true : bootable == "disabled" ? false : nil,
            isForBIOS: !isESP && hasBIOSLoader && bootable != "disabled",
            isBootOnly: isESP,
            fileSystem: fileSystem ?? "ext4"
        )
        var job = DiskJob(
            channel: "",
            files: try files(),
            defaults: defaults,
            architecture: values["Architecture"]?.string ?? Self.ownArchitecture,
            root: root,
            scratch: scratch,
            image: "",
            output: "",
            compression: "none",
            seed: values["Seed"]?.string ?? "",
            sectorSize: values["SectorSize"]?.integer.map(UInt64.init),
            size: format == "disk" ? values["OutputSize"]?.integer.map(UInt64.init) : nil,
            jobs: 1
        )
        job.passphrase = try bytes("Passphrase")
        job.labels = LabelChoice(values["SELinuxRelabel"]?.string)
        try addKeys(to: &job)
        return job
    }

    private func optical() throws -> DiskJob.Optical {
        if hasBIOSLoader, format == "disk" {
            throw ErrorObject(
                code: .invalidParameters,
                message: "ElTorito=yes cannot be used with a boot loader for a BIOS, which starts another way",
                hint: "Set ElTorito=no or BiosBootloader=none"
            )
        }
        func text(_ name: String) -> String { values[name]?.string ?? "" }
        return DiskJob.Optical(
            system: text("ElToritoSystem"),
            volume: text("ElToritoVolume"),
            publisher: text("ElToritoPublisher")
        )
    }

    private var hasBIOSLoader: Bool { values["BiosBootloader"]?.string.map { $0 != "none" } ?? false }

    /// Returns the files that the boot loader has made for the disk outside of its file systems.
    private func bootCode(_ request: ABI.V1.Assemble) throws -> BootCode? {
        let files = request.artifacts?.filter { $0.kind == "boot-code" }.map(\.path) ?? []
        // The first of the files says where the others go.
        guard let places = files.first else { return nil }
        var code = try JSONText.decode(BootCode.self, from: Files.read(places))
        code.directory = Paths.parent(places)
        let names = Set(files.map(Paths.name))
        guard let stranger = code.files.first(where: { !names.contains($0.name) }) else { return code }
        throw ErrorObject(
            code: .invalidParameters,
            message: "\(Paths.name(places)) of the boot code names \(stranger.name), which is not one of its files"
        )
    }

    private func addKeys(to job: inout DiskJob) throws {
        job.verity = values["Verity"]?.string.flatMap(DiskJob.VerityChoice.init) ?? .auto
        guard job.verity == .signed || job.verity == .auto else { return }
        let hasKey = values["VerityKey"]?.bool == true
        let hasCertificate = values["VerityCertificate"]?.string?.isEmpty == false
        guard hasKey == hasCertificate, job.verity == .auto || hasKey else {
            throw ErrorObject(
                code: .invalidParameters,
                message: "a signature of the root hash needs both a key and a certificate",
                hint: "Set VerityKey= and VerityCertificate="
            )
        }
        job.signs = hasKey
    }

    private func bytes(_ name: String) throws -> [UInt8]? {
        guard let path = values[name]?.string, !path.isEmpty else { return nil }
        do throws(SystemCallError) {
            return try Files.read(path)
        } catch {
            throw ErrorObject.system("read \(name)=", path, number: error.errno)
        }
    }

    private var splits: [String] { values["SplitArtifacts"]?.array?.compactMap(\.string) ?? [] }

    /// The directories of the project's definitions.
    var directories: [String] { values["RepartDirectories"]?.array?.compactMap(\.string) ?? [] }

    /// The definitions of the project.
    private func files() throws -> [DiskJob.File]? {
        directories.isEmpty ? nil : try DefinitionDirectories(paths: directories).files()
    }

    /// The architecture that this program was compiled for.
    private static var ownArchitecture: String {
        #if arch(x86_64)
            "x86-64"
        #elseif arch(arm64)
            "arm64"
        #else
            "riscv64"
        #endif
    }
}
