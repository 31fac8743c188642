internal import System

extension FileSystem {
    /// Made by mkfs.btrfs as a file of its own: it knows no offset, and makes its file larger if it takes that for necessary.
    static let btrfs = FileSystem(
        name: "btrfs",
        programs: ["mkfs.btrfs"],
        placement: .shrinkable,
        minimumSize: 256 << 20,
        labelLimit: 255,
        allowsNone: true,
        loses: [.deviceNumbers],
        check: { (definition, run) throws(DiskError) in
            let content = definition.content
            if let path = content.defaultSubvolume, !content.subvolumes.contains(where: { $0.path == path }) {
                throw definition.failure(
                    .definition,
                    "DefaultSubvolume",
                    "DefaultSubvolume=\(path) is not one of Subvolumes=",
                    hint: "Add \(path) to Subvolumes="
                )
            }
            if content.defaultSubvolume != nil || !content.subvolumes.isEmpty {
                let subject = definition.failure(.system, "Subvolumes", "Subvolumes= needs").message
                try BtrfsProgram(run).require("--subvol", for: subject, since: "6.12")
            }
        },
        make: { (request) throws(DiskError) in
            let program = try BtrfsProgram(request.run)
            if !program.has("--device-uuid") {
                request.warn("btrfs: mkfs.btrfs \(program.version) writes other identifiers and times with each build")
            }
            let wanted = max(request.size, request.size == 0 ? 256 << 20 : 0)
            try program.make(request, size: wanted, isShrunk: false)
            if try ImageFile(request.image).size() <= wanted { return }
            // Its estimate is generous; what it fills in fact is often less.
            Files.remove(request.image)
            try program.make(request, size: wanted, isShrunk: true)
        },
        // Two copies of all metadata, and room for both in chunks.
        need: { measure in
            (measure.fileBlocks + 2 * measure.metadataBlocks) * ContentMeasure.blockSize + (32 << 20)
        }
    )
}

/// The installed mkfs.btrfs, whose options depend on its version.
private struct BtrfsProgram {
    let version: String
    private let help: String

    init(_ run: FileSystem.Run) throws(DiskError) {
        let lines = try run(["mkfs.btrfs", "--version"], [:])
        // "mkfs.btrfs, part of btrfs-progs v6.2"
        version =
            lines.first?.split(separator: " ").last.map { String($0.drop { $0 == "v" }) } ?? "of an unknown version"
        help = try run(["mkfs.btrfs", "--help"], [:]).joined(separator: "\n")
    }

    func has(_ option: String) -> Bool { help.contains(option) }

    func require(_ option: String, for purpose: String, since release: String) throws(DiskError) {
        if has(option) { return }
        throw DiskError(
            .system,
            "\(purpose) mkfs.btrfs of version \(release) or later, and the installed one is \(version)",
            hint: "Use a tools tree with btrfs-progs \(release)"
        )
    }

    func make(_ request: FileSystem.Request, size: UInt64, isShrunk: Bool) throws(DiskError) {
        _ = try ImageFile(request.image, size: size)
        var command = ["mkfs.btrfs", "--quiet", "--force", "--nodiscard", "--uuid", request.identifier.description]
        command += ["--label", request.label]
        if has("--device-uuid") {
            command += ["--device-uuid", try DerivedIdentifiers.device(of: request.identifier).description]
        }
        if let source = request.source {
            command += ["--rootdir", source]
            for subvolume in request.options.subvolumes { command += ["--subvol", name(subvolume, request.options)] }
            if let compression = compression(request) { command += ["--compress", compression] }
            if isShrunk { command.append("--shrink") }
        }
        _ = try request.run(command + [request.image], FileSystem.environment(request))
    }

    /// `ro:usr`: the program takes paths without their first slash.
    private func name(_ subvolume: PartitionDefinition.Subvolume, _ options: PartitionDefinition.Content) -> String {
        let isDefault = subvolume.path == options.defaultSubvolume
        let kind = subvolume.isReadOnly ? isDefault ? "default-ro" : "ro" : isDefault ? "default" : "rw"
        return "\(kind):\(Substring(subvolume.path.utf8.dropFirst()))"
    }

    private func compression(_ request: FileSystem.Request) -> String? {
        guard let compression = request.options.compression else { return nil }
        guard has("--compress") else {
            request.warn("btrfs: mkfs.btrfs \(version) does not compress; 6.13 and later do")
            return nil
        }
        return compression + (request.options.compressionLevel.map { ":\($0)" } ?? "")
    }
}
