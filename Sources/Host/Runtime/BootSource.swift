public import Support

/// The kind of output that a virtual machine starts from; formats come from plugins, so the output's bytes decide.
public enum BootSource: Sendable, Equatable {
    /// A disk with a partition table.
    case disk
    /// An EFI program, such as a unified kernel image.
    case program
    /// An archive that a kernel unpacks.
    case initrd

    /// Finds out which kind of output a file is.
    ///
    /// - Throws: one sentence where it is nothing that starts.
    public init(_ file: MachineFile) throws(Failure) {
        self = try Self.find(file.beginning(8192 + 512), file.path)
    }

    /// The header of a GPT is in the second sector.
    private static let sectorSizes = [512, 4096]
    /// The first bytes by which kernels recognize compressed archives; a GPT would be at its own place.
    private static let compressions: [[UInt8]] = [
        [0x28, 0xb5, 0x2f, 0xfd], [0xfd, 0x37, 0x7a, 0x58, 0x5a], [0x1f, 0x8b], [0x02, 0x21, 0x4c, 0x18],
        [0x42, 0x5a, 0x68],
    ]

    static func find(_ bytes: [UInt8], _ path: String) throws(Failure) -> BootSource {
        if sectorSizes.contains(where: { bytes.dropFirst($0).starts(with: "EFI PART".utf8) }) { return .disk }
        if bytes.starts(with: "MZ".utf8) { return .program }
        if bytes.starts(with: "070701".utf8) { return .initrd }
        if bytes.count > 511, bytes[510] == 0x55, bytes[511] == 0xaa { return .disk }
        if compressions.contains(where: { bytes.starts(with: $0) }) {
            if path.hasSuffix(".raw.zst") || path.hasSuffix(".raw.xz") || path.hasSuffix(".raw.gz") {
                throw Failure(
                    .configuration,
                    "\(path) is compressed, and a virtual machine cannot start from it",
                    hint: "Build it with CompressOutput=no"
                )
            }
            return .initrd
        }
        throw Failure(
            .configuration,
            "\(path) is nothing that a virtual machine starts from",
            hint: "That is a disk, an EFI program or an initrd; see Format="
        )
    }
}
