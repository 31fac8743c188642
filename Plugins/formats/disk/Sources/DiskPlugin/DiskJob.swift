import DiskKit
import LabelKit
import PluginKit
import PluginWire
import System

/// The task of the tools in the sandbox, on their standard input.
struct DiskJob: Codable, Sendable {
    typealias File = DefinitionReader.File

    /// The named pipe of the tool's channel.
    var channel: String
    /// In the order of their names; nil until it is known whether the tree has a boot loader.
    var files: [File]?
    /// The directories of the definitions in the sandbox, if blocks are copied.
    var blockDirectories: [String] = []
    var defaults: DefaultDefinitions
    var architecture: String
    var root: String
    /// A directory below the workspace for what is made on the way.
    var scratch: String
    /// The image, before it is compressed.
    var image: String
    var output: String
    var compression: String
    var compressionLevel: Int?
    var seed: String
    var sectorSize: UInt64?
    var size: UInt64?
    var epoch: Int?
    var jobs: Int
    /// The findings of the first tool, for the second.
    var survey: [String: ContentMeasure] = [:]
    /// Paths of the tree that will still change, where only the partitions are made that do not depend on them.
    var unfinished: [String]?
    /// The definitions of partitions to be made; nil for all.
    var names: Set<String>?
    /// The partitions that were made before the others, with the file that they are in.
    var prepared: PreparedDisk?
    var preparedImage: PreparedImage?
    /// The path of partitions as files of their own, without the part that names the partition.
    var splitBase: String?
    /// The directory for the definitions that were used, if that is requested.
    var definitionsDirectory: String?
    /// The same for root hashes.
    var hashBase: String?
    var verity = VerityChoice.auto
    /// The passphrase that opens encrypted partitions.
    var passphrase: [UInt8]?
    /// The boot code for firmware without UEFI.
    var bootCode: BootCode?
    /// The structures with which optical media start the EFI system partition.
    var optical: Optical?
    /// True if root hashes are signed.
    var signs = false
    /// `SELinuxRelabel=`.
    var labels = LabelChoice.disabled

    /// `ElToritoSystem=` and the other texts of a medium.
    struct Optical: Codable, Sendable {
        var system: String
        var volume: String
        var publisher: String
    }

    /// `Verity=`.
    enum VerityChoice: String, Codable, Sendable {
        case disabled, hash, signed
        case deferred = "defer"
        case auto
    }

    /// The definitions; throws for the first problem in one of them.
    ///
    /// - Parameter specifiers: What `%` and a letter stand for.
    /// - Returns: The definitions, without what `Verity=` takes away.
    /// - Throws: `definition`, with file and line.
    func definitions(_ specifiers: SystemSpecifiers) throws(DiskError) -> [PartitionDefinition] {
        let reader = DefinitionReader(architecture: architecture, specifiers: specifiers.values)
        return try protected(reader.read(files ?? []))
    }

    /// The definitions without what `Verity=` takes away.
    private func protected(_ all: [PartitionDefinition]) throws(DiskError) -> [PartitionDefinition] {
        switch verity {
        case .auto, .deferred: return all
        case .hash: return all.filter { $0.verity.role != .signature }
        case .signed:
            guard files == nil || all.contains(where: { $0.verity.role == .signature }) else {
                throw DiskError(
                    .definition,
                    "Verity=signed needs a partition with Verity=signature, and there is none",
                    hint: "Add definitions with Verity=data, Verity=hash and Verity=signature"
                )
            }
            return all
        case .disabled:
            return all.filter { $0.verity.role == .off || $0.verity.role == .data }.map { definition in
                var definition = definition
                definition.verity.role = .off
                return definition
            }
        }
    }

    /// Throws for definitions that no tree could make right.
    func check() throws(DiskError) {
        var builder = DiskBuilder(
            definitions: try definitions(.unknown),
            root: root,
            image: image,
            scratch: scratch,
            seed: .zero,
            run: { (command, _) throws(DiskError) in
                throw DiskError(.system, "\(command.first ?? "") cannot be run before the build")
            }
        )
        builder.passphrase = passphrase
        builder.signatures = signatures
        try builder.checkDefinitions()
    }

    private var signatures: DiskBuilder.Signatures { verity == .deferred ? .deferred : signs ? .pending : .impossible }

    func builder(_ channel: ToolChannel) throws -> DiskBuilder {
        guard let seed = GUID(seed) else { throw DiskError(.definition, "Seed=\(seed) is not a UUID") }
        var builder = DiskBuilder(
            definitions: try definitions(SystemSpecifiers(root: root, architecture: architecture)),
            root: root,
            image: image,
            scratch: scratch,
            seed: seed,
            run: { (command, environment) throws(DiskError) in
                try ProgramRun.run(command, environment, channel)
            },
            warn: { channel.warning($0) },
            inform: { channel.information($0) }
        )
        builder.blockDirectories = blockDirectories
        builder.sectorSize = sectorSize
        builder.size = size
        builder.isSplit = splitBase != nil
        builder.epoch = epoch
        builder.jobs = jobs
        builder.passphrase = passphrase
        builder.bootCode = bootCode
        builder.elTorito = optical.map { ElTorito(system: $0.system, volume: $0.volume, publisher: $0.publisher) }
        if let labels = try FileLabels.open(labels, root: root, warn: { channel.warning($0) }) {
            builder.labelling = DiskBuilder.Labelling(
                label: { (path, mode) throws(SystemCallError) in try labels.label(of: path, mode: mode) },
                isRequired: labels.isRequired,
                library: Self.labelLibrary
            )
        }
        builder.signatures = signatures
        return builder
    }
}

extension DiskJob {
    /// Next to this program, wherever the sandbox has it.
    fileprivate static var labelLibrary: String {
        "\(Paths.parent(CommandLine.arguments.first ?? "") ?? "")/labels.so"
    }
}

/// The report of `SurveyTool`.
struct DiskFinding: Codable, Sendable {
    var files: [DiskJob.File]
    var survey: [String: ContentMeasure]
    var names: Set<String>?
    var views: [DiskBuilder.Mount]
}

/// The report of `WriteTool` and `FinishTool`.
struct DiskProduct: Codable, Sendable {
    var output: ABI.V1.Output?
    /// A signature to be filled in, by the only one who can ask for it.
    var signature: VeritySignature?
    /// The work that remains for `FinishTool`.
    var finish: FinishTool.Job?
}
