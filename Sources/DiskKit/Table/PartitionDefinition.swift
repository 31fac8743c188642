/// One file of partition definitions, repart.d(5) of systemd 257, with defaults filled in where they do not depend on content.
///
/// Sizes are bytes. Texts with specifiers are expanded.
public struct PartitionDefinition: Sendable, Equatable {
    /// The file's name without `.conf`; definitions are ordered by it.
    public var name: String
    public var type: PartitionType
    /// nil for a label made from the type.
    public var label: String?
    public var identifier: Identifier = .derived
    public var priority = 0
    public var weight: UInt64 = 1000
    public var paddingWeight: UInt64 = 0
    /// nil for the smallest that the content needs, and 10 MiB where nothing is known of the content.
    public var minimumSize: UInt64?
    public var maximumSize: UInt64?
    public var minimumPadding: UInt64 = 0
    public var maximumPadding: UInt64?
    public var minimize = Minimize.off
    public var factoryReset = false
    public var attributes: UInt64 = 0
    public var noAuto: Bool?
    public var readOnly: Bool?
    public var growFileSystem: Bool?
    /// nil for the default, `-` for no split artifact.
    public var splitName: String?
    public var content = Content()
    public var encryption = Encryption.off
    public var verity = Verity()
    public var mountPoints: [MountPoint] = []
    public var encryptedVolume: EncryptedVolume?
    /// The name of the definition that this one is merged into.
    public var supplementFor: String?
    /// The place that it was read from; nil for one that no file has.
    var source: Source?

    public init(name: String, type: PartitionType) {
        self.name = name
        self.type = type
    }

    /// A file, and where the last assignment of each key is.
    struct Source: Sendable, Equatable {
        var path: String
        var places: [String: String]
    }

    /// Returns an error about the value of a key, with its file and line where it was read from one.
    func failure(_ code: DiskError.Code, _ key: String, _ message: String, hint: String? = nil) -> DiskError {
        let place = source.map { $0.places[key] ?? $0.path } ?? name
        return DiskError(code, "\(place): \(message)", hint: hint)
    }

    public enum Identifier: Sendable, Equatable {
        /// From the seed, or from the root hash of a verity partition.
        case derived
        /// All zero.
        case null
        case fixed(GUID)
    }

    public enum Minimize: String, Sendable, CaseIterable {
        case off, best, guess
    }

    public enum Encryption: String, Sendable, CaseIterable {
        case off
        case keyFile = "key-file"
        case tpm2
        case keyFileAndTPM2 = "key-file+tpm2"
    }

    /// The content of a partition.
    public struct Content: Sendable, Equatable {
        /// `ext4`, `swap` …; nil for none, or for that which `CopyFiles=` implies.
        public var format: String?
        public var copyBlocks: String?
        public var copyFiles: [Copy] = []
        public var excludedSources: [String] = []
        public var excludedTargets: [String] = []
        public var directories: [String] = []
        public var symlinks: [Symlink] = []
        public var subvolumes: [Subvolume] = []
        public var defaultSubvolume: String?
        public var compression: String?
        public var compressionLevel: String?

        public init() {}
    }

    /// A file or directory of the source tree, and where it goes; both absolute.
    public struct Copy: Sendable, Equatable {
        public var source: String
        public var target: String
    }

    public struct Symlink: Sendable, Equatable {
        /// The absolute path of the link.
        public var path: String
        public var target: String
    }

    public struct Subvolume: Sendable, Equatable {
        public var path: String
        public var isReadOnly: Bool
    }

    public struct Verity: Sendable, Equatable {
        public var role = Role.off
        public var matchKey: String?
        public var dataBlockSize: UInt64?
        public var hashBlockSize: UInt64?
        /// Bytes of parity for each 255 bytes of forward error correction data behind the hash tree; nil: none.
        public var correctionRoots: Int?

        public enum Role: String, Sendable, CaseIterable {
            case off, data, hash, signature
        }
    }

    /// A line of the generated fstab(5).
    public struct MountPoint: Sendable, Equatable {
        public var path: String
        public var options: String?
    }

    /// A line of the generated crypttab(5).
    public struct EncryptedVolume: Sendable, Equatable {
        public var name: String?
        public var keyFile: String?
        public var options: String?
    }
}

extension PartitionDefinition {
    /// The file system, with the one that `CopyFiles=` and its like imply.
    public var fileSystem: String? {
        if let format = content.format { return format }
        let isFilled = !content.copyFiles.isEmpty || !content.directories.isEmpty || !content.symlinks.isEmpty
        // repart.d(5), example 2: a swap partition needs no Format=.
        if type.role == .swap, !isFilled, content.copyBlocks == nil { return "swap" }
        guard isFilled || encryption != .off && content.copyBlocks == nil else { return nil }
        return type.role == .esp || type.role == .xbootldr ? "vfat" : "ext4"
    }

    /// Partitions and padding have multiples of this many bytes.
    static let alignment: UInt64 = 4096
    /// Bytes by which an encrypted partition is larger than its content, as systemd-repart makes it.
    static let encryptionSize: UInt64 = 32 << 20

    /// The most bytes that `SizeMaxBytes=` leaves for content.
    var contentLimit: UInt64? {
        maximumSize.map { encryption == .off ? $0 : $0 - min($0, Self.encryptionSize) }
    }

    /// The attribute bits of the table entry, with the defaults of the type.
    public var tableAttributes: UInt64 {
        var bits = attributes
        // Neither a hash tree nor what it is of can be changed.
        let isProtected = type.role.isHashTree || verity.role == .data || verity.role == .hash
        let isReadOnly = readOnly ?? isProtected
        func set(_ bit: UInt64, _ value: Bool?, default standard: Bool, known: Bool) {
            if value == nil && bits & bit != 0 { return }
            guard known else { return }
            bits = value ?? standard ? bits | bit : bits & ~bit
        }
        set(Self.noAutoBit, noAuto, default: false, known: type.role.knowsNoAuto)
        set(Self.readOnlyBit, readOnly, default: isProtected, known: type.role.knowsReadOnly)
        set(Self.growBit, growFileSystem, default: !isReadOnly, known: type.role.knowsGrowFileSystem)
        return bits
    }

    static let growBit: UInt64 = 1 << 59
    static let readOnlyBit: UInt64 = 1 << 60
    static let noAutoBit: UInt64 = 1 << 63
}
