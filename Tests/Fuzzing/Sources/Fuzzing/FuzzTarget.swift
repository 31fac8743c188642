import Glibc

/// What can be fuzzed.
enum FuzzTarget: String, CaseIterable {
    /// A whole project: files, default paths and options.
    case configuration
    /// Words of a command line, each ended by a zero byte.
    case commandline
    /// A project of an older generation, and what migration makes of it.
    case legacy
    /// The beginning of a disk with a GUID partition table.
    case gpt
    /// A file system FAT12 or FAT16.
    case fat
    /// Partition definitions, several of them separated by lines `===`.
    case repart
    /// An EFI program.
    case pe
    /// An archive, such as an initrd.
    case cpio
    /// A file system of ext4 or FAT, or a disk with some.
    case filesystem

    static let current = getenv("FUZZ_TARGET").flatMap { FuzzTarget(rawValue: String(cString: $0)) }

    func run(_ bytes: [UInt8]) {
        switch self {
        case .configuration: ConfigurationFuzz.run(bytes)
        case .commandline: CommandLineFuzz.run(bytes)
        case .legacy: LegacyFuzz.run(bytes)
        case .gpt: PartitionTableFuzz.run(bytes)
        case .fat: FATFuzz.run(bytes)
        case .repart: DefinitionFuzz.run(bytes)
        case .pe: ProgramFuzz.run(bytes)
        case .cpio: ArchiveFuzz.run(bytes)
        case .filesystem: FileSystemFuzz.run(bytes)
        }
    }
}

/// Ends the run: libFuzzer saves the input that made a rule break.
func broken(_ rule: String, _ what: String) -> Never {
    print("fuzz: \(rule): \(what)")
    fflush(nil)
    abort()
}
