/// The file systems of a disk image that make up a system, and where each belongs in its tree.
///
/// That is what the Discoverable Partitions Specification says of the types of partitions.
public struct DiskContents: Sendable {
    /// A file system of the disk.
    public struct Part: Sendable {
        public let file: DiskFile
        /// The mount point that it belongs at: `/`, `/usr`, `/efi`.
        public let mountPoint: String
    }

    /// Those that others are mounted on come first.
    public let parts: [Part]

    /// Returns true if a file begins as a disk or as a file system that can be read.
    public static func recognizes(_ file: DiskFile) -> Bool {
        for offset in [512, 4096] as [UInt64] {
            if (try? file.read(at: offset, 8))?.elementsEqual("EFI PART".utf8) == true { return true }
        }
        return Ext4Reader.recognizes(file) || ErofsReader.recognizes(file) || other(file) != nil
    }

    private static func other(_ file: DiskFile) -> String? {
        others.first { (try? file.read(at: $0.offset, $0.bytes.count)) == $0.bytes }?.name
    }

    /// The beginnings of file systems that this module does not read.
    private static let others: [(offset: UInt64, bytes: [UInt8], name: String)] = [
        (0, Array("hsqs".utf8), "squashfs"), (0, Array("XFSB".utf8), "xfs"),
        (0x10040, Array("_BHRfS_M".utf8), "btrfs"), (1024, [0x10, 0x20, 0xf5, 0xf2], "f2fs"),
        (0, Array("LUKS".utf8) + [0xba, 0xbe], "an encrypted volume"),
    ]

    /// Hands over every file of a part, directories before what is in them.
    ///
    /// - Throws: `damaged` for a file system that contradicts itself, or that cannot be read here.
    public static func walk<Failure: Error>(
        _ part: Part,
        _ body: (StoredFile) throws(Failure) -> Void
    ) throws(WalkError<Failure>) {
        let file = part.file
        if Ext4Reader.recognizes(file) {
            let reader: Ext4Reader
            do throws(DiskError) { reader = try Ext4Reader(file) } catch { throw .reading(error) }
            return try reader.walk(body)
        }
        if ErofsReader.recognizes(file) {
            let reader: ErofsReader
            do throws(DiskError) { reader = try ErofsReader(file) } catch { throw .reading(error) }
            return try reader.walk(body)
        }
        if FATReader.recognizes(file) {
            let reader: FATReader
            do throws(DiskError) { reader = try FATReader(file) } catch { throw .reading(error) }
            return try reader.walk(body)
        }
        throw .reading(
            DiskError(
                .definition,
                "\(file.name) is \(other(file) ?? "of an unknown kind"), which cannot be read without mounting it",
                hint:
                    "ext4, FAT, and erofs without compression can be read; build the base as a directory or a tar file"
            )
        )
    }

    /// The reason why a walk ended.
    public enum WalkError<Failure: Error>: Error {
        case reading(DiskError)
        case caller(Failure)
    }

    /// - Parameters:
    ///   - file: The disk image, or a single file system.
    ///   - architecture: That of the root and /usr partitions that are taken, in the specification's word; nil for any.
    /// - Throws: `damaged` if there is no valid table, and `definition` if no partition is one of a system.
    public init(_ file: DiskFile, architecture: String? = nil) throws(DiskError) {
        if Ext4Reader.recognizes(file) || ErofsReader.recognizes(file) || Self.other(file) != nil {
            parts = [Part(file: file, mountPoint: "/")]
            return
        }
        let table: PartitionTable
        do throws(DiskError) {
            table = try PartitionTable.reading(size: file.size) { (offset, count) throws(DiskError) in
                try file.read(at: offset, count)
            }
        } catch {
            throw DiskError(error.code, "\(file.name): \(error.message)", hint: error.hint)
        }
        var parts: [Part] = []
        for (slot, entry) in table.entries.enumerated() {
            guard let entry else { continue }
            let type = PartitionType(identifier: entry.type)
            guard let mountPoint = Self.mountPoint(type.role), !parts.contains(where: { $0.mountPoint == mountPoint }),
                architecture == nil || type.architecture == nil || type.architecture == architecture
            else { continue }
            let first = entry.sectors.lowerBound * table.sectorSize
            let count = UInt64(entry.sectors.count) * table.sectorSize
            let name = "partition \(slot + 1) of \(file.name)"
            parts.append(Part(file: try file.part(at: first, size: count, name: name), mountPoint: mountPoint))
        }
        guard !parts.isEmpty else {
            throw DiskError(
                .definition,
                "\(file.name) has no partition of a system",
                hint: "Partitions are found by their types, such as root, usr and esp"
            )
        }
        self.parts = parts.sorted { $0.mountPoint < $1.mountPoint }
    }

    /// Nil for what is no part of a system's tree.
    private static func mountPoint(_ role: PartitionType.Role) -> String? {
        switch role {
        case .root: "/"
        case .usr: "/usr"
        case .esp: "/efi"
        case .xbootldr: "/boot"
        case .home: "/home"
        case .srv: "/srv"
        case .var: "/var"
        case .tmp: "/var/tmp"
        default: nil
        }
    }
}
