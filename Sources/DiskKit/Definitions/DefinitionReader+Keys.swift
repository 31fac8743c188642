extension DefinitionReader {
    /// Puts a value into a definition; returns what is wrong with it, in words that follow the assignment.
    typealias Key = @Sendable (_ value: String, _ definition: inout PartitionDefinition) -> String?

    /// Every key of a definition file.
    static let keys = partitionKeys.merging(contentKeys) { first, _ in first }

    /// The names of all keys.
    public static var keyNames: [String] { keys.keys.sorted() }

    /// The keys that say what a partition is.
    private static let partitionKeys: [String: Key] = [
        // Read first, as other defaults depend on it.
        "Type": { _, _ in nil },
        "Label": { value, definition in
            guard value.utf16.count <= PartitionTable.labelLimit else {
                return "is longer than \(PartitionTable.labelLimit) characters"
            }
            definition.label = value
            return nil
        },
        "UUID": { value, definition in
            if value.isEmpty {
                definition.identifier = .derived
            } else if value == "null" {
                definition.identifier = .null
            } else if let identifier = GUID(value) {
                definition.identifier = .fixed(identifier)
            } else {
                return "is not a UUID"
            }
            return nil
        },
        "Priority": { value, definition in
            guard let number = Int32(value) else { return "is not a number from -2147483648 to 2147483647" }
            definition.priority = Int(number)
            return nil
        },
        "Weight": weight(\.weight),
        "PaddingWeight": weight(\.paddingWeight),
        // systemd-repart rounds opposite to its manual, and the resulting tables have to be equal.
        "SizeMinBytes": { value, definition in
            guard let size = DefinitionText.size(value) else { return notASize }
            definition.minimumSize = size / PartitionDefinition.alignment * PartitionDefinition.alignment
            return nil
        },
        "SizeMaxBytes": { value, definition in
            guard let size = roundedUp(value) else { return notASize }
            definition.maximumSize = size
            return nil
        },
        "PaddingMinBytes": { value, definition in
            guard let size = DefinitionText.size(value) else { return notASize }
            definition.minimumPadding = size / PartitionDefinition.alignment * PartitionDefinition.alignment
            return nil
        },
        "PaddingMaxBytes": { value, definition in
            guard let size = roundedUp(value) else { return notASize }
            definition.maximumPadding = size
            return nil
        },
        "Minimize": { value, definition in
            if let flag = DefinitionText.boolean(value) {
                definition.minimize = flag ? .best : .off
            } else if let choice = PartitionDefinition.Minimize(rawValue: value) {
                definition.minimize = choice
            } else {
                return "is not off, best or guess"
            }
            return nil
        },
        "FactoryReset": { value, definition in
            guard let flag = DefinitionText.boolean(value) else { return notABoolean }
            definition.factoryReset = flag
            return nil
        },
        "Flags": { value, definition in
            guard let flags = DefinitionText.flags(value) else { return "is not a 64-bit number" }
            definition.attributes = flags
            return nil
        },
        "NoAuto": flag(\.noAuto),
        "ReadOnly": flag(\.readOnly),
        "GrowFileSystem": flag(\.growFileSystem),
        "SplitName": { value, definition in
            guard !value.utf8.contains(UInt8(ascii: "/")) else { return "is not a file name" }
            definition.splitName = value.isEmpty ? nil : value
            return nil
        },
        "Encrypt": { value, definition in
            if let flag = DefinitionText.boolean(value) {
                definition.encryption = flag ? .keyFile : .off
            } else if let choice = PartitionDefinition.Encryption(rawValue: value) {
                definition.encryption = choice
            } else {
                return "is not off, key-file, tpm2 or key-file+tpm2"
            }
            return nil
        },
        "Verity": { value, definition in
            guard let role = PartitionDefinition.Verity.Role(rawValue: value) else {
                return "is not off, data, hash or signature"
            }
            definition.verity.role = role
            return nil
        },
        "VerityMatchKey": { value, definition in
            definition.verity.matchKey = value.isEmpty ? nil : value
            return nil
        },
        "VerityDataBlockSizeBytes": blockSize(\.dataBlockSize),
        "VerityHashBlockSizeBytes": blockSize(\.hashBlockSize),
        // systemd-repart has no key for it, and skips those with this prefix.
        "X-VerityFECRoots": { value, definition in
            if value.isEmpty { definition.verity.correctionRoots = nil }
            if value.isEmpty { return nil }
            guard let roots = Int(value), (2...24).contains(roots) else { return "is not a number from 2 to 24" }
            definition.verity.correctionRoots = roots
            return nil
        },
        "MountPoint": { value, definition in
            if value.isEmpty { definition.mountPoints = [] }
            if value.isEmpty { return nil }
            guard let fields = DefinitionText.words(value, separator: ":"), (1...2).contains(fields.count),
                let path = DefinitionText.path(fields[0])
            else { return "is not an absolute path with options after a colon" }
            definition.mountPoints.append(.init(path: path, options: fields.count > 1 ? fields[1] : nil))
            return nil
        },
        "EncryptedVolume": { value, definition in
            guard let fields = DefinitionText.words(value, separator: ":"), fields.count <= 3 else {
                return "is more than a name, a key file and options, separated by colons"
            }
            func field(_ index: Int) -> String? {
                index < fields.count && !fields[index].isEmpty ? fields[index] : nil
            }
            if let name = field(0), name.utf8.contains(UInt8(ascii: "/")) { return "has a name with a slash" }
            definition.encryptedVolume =
                value.isEmpty ? nil : .init(name: field(0), keyFile: field(1), options: field(2))
            return nil
        },
        "SupplementFor": { value, definition in
            definition.supplementFor = value.isEmpty ? nil : value
            return nil
        },
    ]

    static let notASize = "is not a size such as 512M or 1.5G"
    static let notABoolean = "is neither yes nor no"

    private static func roundedUp(_ value: String) -> UInt64? {
        DefinitionText.size(value).map {
            ($0 + PartitionDefinition.alignment - 1) / PartitionDefinition.alignment * PartitionDefinition.alignment
        }
    }

    private static func weight(_ member: any WritableKeyPath<PartitionDefinition, UInt64> & Sendable) -> Key {
        { value, definition in
            guard let number = UInt64(value), number <= 1_000_000 else { return "is not a number from 0 to 1000000" }
            definition[keyPath: member] = number
            return nil
        }
    }

    private static func flag(_ member: any WritableKeyPath<PartitionDefinition, Bool?> & Sendable) -> Key {
        { value, definition in
            guard let flag = DefinitionText.boolean(value) else { return notABoolean }
            definition[keyPath: member] = flag
            return nil
        }
    }

    private static func blockSize(
        _ member: any WritableKeyPath<PartitionDefinition.Verity, UInt64?> & Sendable
    ) -> Key {
        { value, definition in
            guard let size = DefinitionText.size(value), [512, 1024, 2048, 4096].contains(size) else {
                return "is not a power of two from 512 to 4096"
            }
            definition.verity[keyPath: member] = size
            return nil
        }
    }
}
