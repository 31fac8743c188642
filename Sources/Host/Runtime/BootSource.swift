import Glibc
public import Support
import System

/// What a virtual machine starts from, by what an output is: formats come from plugins, so its bytes say it.
public enum BootSource: Sendable, Equatable {
    /// A disk with a partition table.
    case disk(String)
    /// An EFI program, such as a unified kernel image.
    case program(String)
    /// An archive that a kernel unpacks.
    case initrd(String)
    /// A directory that has the whole system.
    case directory(String)

    public var path: String {
        switch self {
        case .disk(let path), .program(let path), .initrd(let path), .directory(let path): path
        }
    }

    /// What an output is.
    ///
    /// - Throws: one sentence where it is nothing that starts, or does not exist.
    public init(output path: String) throws(Failure) {
        if Files.isDirectory(path) {
            self = .directory(path)
            return
        }
        let bytes: [UInt8]
        do throws(SystemCallError) {
            let file = try Files.openRegular(path)
            bytes = try file.read(upTo: 8192 + 512)
        } catch {
            throw Failure(.missing, "Cannot read \(path)", hint: "Build the image first", cause: error)
        }
        self = try Self.find(bytes, path)
    }

    /// The header of a GPT is in the second sector.
    private static let sectorSizes = [512, 4096]
    /// How kernels tell compressed archives apart; a GPT would be at its own place.
    private static let compressions: [[UInt8]] = [
        [0x28, 0xb5, 0x2f, 0xfd], [0xfd, 0x37, 0x7a, 0x58, 0x5a], [0x1f, 0x8b], [0x02, 0x21, 0x4c, 0x18],
        [0x42, 0x5a, 0x68],
    ]

    static func find(_ bytes: [UInt8], _ path: String) throws(Failure) -> BootSource {
        if sectorSizes.contains(where: { bytes.dropFirst($0).starts(with: "EFI PART".utf8) }) { return .disk(path) }
        if bytes.starts(with: "MZ".utf8) { return .program(path) }
        if bytes.starts(with: "070701".utf8) { return .initrd(path) }
        if bytes.count > 511, bytes[510] == 0x55, bytes[511] == 0xaa { return .disk(path) }
        if compressions.contains(where: { bytes.starts(with: $0) }) {
            if path.hasSuffix(".raw.zst") || path.hasSuffix(".raw.xz") || path.hasSuffix(".raw.gz") {
                throw Failure(
                    .configuration,
                    "\(path) is compressed, and a virtual machine cannot start from it",
                    hint: "Build it with CompressOutput=no"
                )
            }
            return .initrd(path)
        }
        throw Failure(
            .configuration,
            "\(path) is nothing that a virtual machine starts from",
            hint: "That is a disk, an EFI program or an initrd; see Format="
        )
    }
}
