/// The purpose of a partition: the type in its table entry, by the Discoverable Partitions Specification.
public struct PartitionType: Sendable, Hashable {
    public let identifier: GUID
    public let role: Role
    /// The architecture of a root or /usr partition, in the specification's word.
    public let architecture: String?

    /// The roles that the specification knows; `other` for every type outside of it.
    public enum Role: String, Sendable, Hashable, CaseIterable {
        case root
        case rootVerity = "root-verity"
        case rootVeritySignature = "root-verity-sig"
        case usr
        case usrVerity = "usr-verity"
        case usrVeritySignature = "usr-verity-sig"
        case esp
        case xbootldr
        case swap
        case home
        case srv
        case `var` = "var"
        case tmp
        case userHome = "user-home"
        case linuxGeneric = "linux-generic"
        case other
    }

    /// The type with this identifier, known or not.
    public init(identifier: GUID) {
        self = Self.byIdentifier[identifier] ?? PartitionType(identifier: identifier, role: .other, architecture: nil)
    }

    private init(identifier: GUID, role: Role, architecture: String?) {
        self.identifier = identifier
        self.role = role
        self.architecture = architecture
    }

    /// The type that a definition names; nil if there is none.
    ///
    /// - Parameters:
    ///   - name: `root`, `usr-arm64-verity`, `esp` … or an identifier.
    ///   - architecture: The architecture of the image, for names without one; in any of the specification's words.
    public init?(name: String, architecture: String) {
        if let identifier = GUID(name) {
            self.init(identifier: identifier)
            return
        }
        if let known = Self.byName[name] {
            self = known
            return
        }
        let first = name.prefix { $0 != "-" }
        guard first == "root" || first == "usr" else { return nil }
        let rest = name.dropFirst(first.count)
        let (word, suffix) =
            rest.hasPrefix("-secondary")
            ? (Self.secondary(of: architecture), rest.dropFirst("-secondary".count)) : (architecture, rest)
        guard let word, let known = Self.byName["\(first)-\(word)\(suffix)"] else { return nil }
        self = known
    }

    /// The name in a definition: `root-x86-64`, `esp`; the identifier of a type that has no name.
    public var name: String {
        guard role != .other else { return identifier.description }
        guard let architecture else { return role.rawValue }
        let words = role.rawValue.split(separator: "-", maxSplits: 1)
        return "\(words[0])-\(architecture)" + (words.count > 1 ? "-\(words[1])" : "")
    }

    /// The 32-bit architecture that the processors of a 64-bit one run as well.
    private static func secondary(of architecture: String) -> String? {
        switch canonicalArchitecture(architecture) {
        case "x86-64": "x86"
        case "arm64": "arm"
        case "ppc64": "ppc"
        case "ppc64-le": "ppc"
        case "mips64": "mips"
        case "mips64-le": "mips-le"
        case "riscv64": "riscv32"
        case "s390x": "s390"
        default: nil
        }
    }

    /// The specification's word for an architecture; nil if the specification has none.
    public static func canonicalArchitecture(_ name: String) -> String? {
        architectures.first { $0.name == name || $0.otherNames.contains(name) }?.name
    }

    private static let architectureRoles: [Role] = [
        .root, .rootVerity, .rootVeritySignature, .usr, .usrVerity, .usrVeritySignature,
    ]

    /// All named types, in the order of the table.
    public static let all: [PartitionType] = {
        var types: [PartitionType] = []
        for row in architectures {
            for (role, text) in zip(architectureRoles, row.types) {
                guard let identifier = GUID(text) else { continue }
                types.append(PartitionType(identifier: identifier, role: role, architecture: row.name))
            }
        }
        for (name, text) in common {
            guard let identifier = GUID(text), let role = Role(rawValue: name) else { continue }
            types.append(PartitionType(identifier: identifier, role: role, architecture: nil))
        }
        return types
    }()

    private static let byIdentifier = Dictionary(uniqueKeysWithValues: all.map { ($0.identifier, $0) })

    private static let byName: [String: PartitionType] = {
        var names: [String: PartitionType] = [:]
        for type in all {
            names[type.name] = type
            guard let row = architectures.first(where: { $0.name == type.architecture }) else { continue }
            for other in row.otherNames {
                names[PartitionType(identifier: type.identifier, role: type.role, architecture: other).name] = type
            }
        }
        return names
    }()
}

extension PartitionType.Role {
    /// True for partitions with a hash tree.
    public var isHashTree: Bool { self == .rootVerity || self == .usrVerity }

    /// Attribute bit 60 means read-only for these roles, and bit 63 no automatic mount.
    public var knowsReadOnly: Bool { knowsGrowFileSystem || isHashTree }

    /// Attribute bit 63 means no automatic mount for these roles.
    public var knowsNoAuto: Bool { knowsReadOnly || self == .swap }

    /// Attribute bit 59 means that the file system grows to the size of its partition.
    public var knowsGrowFileSystem: Bool {
        switch self {
        case .root, .usr, .home, .srv, .var, .tmp, .xbootldr: true
        default: false
        }
    }
}
