/// A requirement, a capability or a conflict of a package: a name and perhaps a range of versions.
public struct RPMDependency: Sendable, Hashable {
    public var name: String
    /// The bits of rpm's `rpmsenseFlags` (`rpmds.h`).
    public var flags: Int
    /// `[EPOCH:]VERSION[-RELEASE]`; empty if any will do.
    public var version: String

    /// A kind of dependency, as repositories name it, and the tags of its names, flags and versions.
    public struct Kind: Sendable {
        public var element: String
        var names: RPMHeader.Tag
        var flags: RPMHeader.Tag
        var versions: RPMHeader.Tag

        private init(_ element: String, _ names: UInt32, _ flags: UInt32, _ versions: UInt32) {
            self.element = element
            self.names = RPMHeader.Tag(names)
            self.flags = RPMHeader.Tag(flags)
            self.versions = RPMHeader.Tag(versions)
        }

        /// In the order in which repositories list them.
        public static let all = [
            Kind("provides", 1047, 1112, 1113), Kind("requires", 1049, 1048, 1050), Kind("conflicts", 1054, 1053, 1055),
            Kind("obsoletes", 1090, 1114, 1115), Kind("suggests", 5049, 5051, 5050),
            Kind("enhances", 5055, 5057, 5056), Kind("recommends", 5046, 5048, 5047),
            Kind("supplements", 5052, 5054, 5053),
        ]
    }

    /// The dependencies of one kind, without those on rpm itself.
    public static func all(_ kind: Kind, of header: RPMHeader) -> [RPMDependency] {
        let flags = header.numbers(kind.flags)
        let versions = header.strings(kind.versions)
        var seen: Set<RPMDependency> = []
        return header.strings(kind.names).enumerated().compactMap { index, name in
            let bits = flags.indices.contains(index) ? flags[index] : 0
            if name.hasPrefix("rpmlib(") || bits & Self.ofConfiguration != 0 { return nil }
            let version = versions.indices.contains(index) ? versions[index] : ""
            let dependency = RPMDependency(name: name, flags: bits, version: version)
            return seen.insert(dependency).inserted ? dependency : nil
        }
    }

    /// RPMSENSE_CONFIG.
    private static let ofConfiguration = 1 << 28

    /// `LT`, `GT`, `EQ`, `LE` or `GE`; nil without a version.
    public var comparison: String? {
        // RPMSENSE_LESS, RPMSENSE_GREATER and RPMSENSE_EQUAL.
        switch flags & 0b1110 {
        case 0b0010: "LT"
        case 0b0100: "GT"
        case 0b1000: "EQ"
        case 0b1010: "LE"
        case 0b1100: "GE"
        default: nil
        }
    }

    /// True if a script of the package needs it before the package is there (RPMSENSE_PREREQ, `SCRIPT_PRE` or
    /// `SCRIPT_POST`).
    public var isPrerequisite: Bool { flags & (1 << 6 | 1 << 9 | 1 << 10) != 0 }
}
