/// The section `.hwids`, by which a stub finds the device tree of the machine that it runs on (systemd-stub(7)).
///
/// An entry has 28 bytes: its type and size, the identifier of a kind of machine, and where its strings are; then come an
/// entry of zeros and the strings.
public struct HardwareIDs: Sendable, Equatable {
    /// A kind of machine.
    public struct Device: Sendable, Equatable {
        public var name: String
        /// The first string of its device tree's `compatible`.
        public var compatible: String
        /// Identifiers that firmware gives such machines (CHIDs), as UUIDs.
        public var identifiers: [String]

        public init(name: String, compatible: String, identifiers: [String]) {
            self.name = name
            self.compatible = compatible
            self.identifiers = identifiers
        }
    }

    private static let entrySize = 28
    /// An entry for a device tree, in the upper four bits of its first word.
    private static let deviceTree: UInt32 = 1 << 28

    /// The section.
    public let bytes: [UInt8]

    /// - Throws: `input` for an identifier that is no UUID.
    public init(_ devices: [Device]) throws(BootError) {
        var rows: [(identifier: [UInt8], device: Device)] = []
        for device in devices {
            for text in device.identifiers.map({ $0.lowercased() }).sorted() {
                guard let bytes = Self.bytes(ofUUID: text) else {
                    throw BootError(.input, "the hardware ID \(text) of \(device.name) is not a UUID")
                }
                rows.append((bytes, device))
            }
        }
        // Names first, then what is compatible, each once.
        var offsets: [String: Int] = [:]
        var strings: [UInt8] = []
        let start = (rows.count + 1) * Self.entrySize
        for text in devices.map(\.name).sorted() + devices.map(\.compatible).sorted() where offsets[text] == nil {
            offsets[text] = start + strings.count
            strings += Array(text.utf8) + [0]
        }
        var fields = ByteFields([UInt8](repeating: 0, count: start))
        for (index, row) in rows.enumerated() {
            let place = index * Self.entrySize
            fields.set(place, Self.deviceTree | UInt32(Self.entrySize))
            fields.set(place + 4, row.identifier)
            fields.set(place + 20, UInt32(offsets[row.device.name] ?? 0))
            fields.set(place + 24, UInt32(offsets[row.device.compatible] ?? 0))
        }
        bytes = fields.bytes + strings
    }

    /// A UUID as firmware stores it: the first three numbers with their lowest byte first.
    private static func bytes(ofUUID text: String) -> [UInt8]? {
        let parts = text.split(separator: "-", omittingEmptySubsequences: false)
        guard parts.map(\.utf8.count) == [8, 4, 4, 4, 12] else { return nil }
        var bytes: [UInt8] = []
        for (index, part) in parts.enumerated() {
            guard part.allSatisfy(\.isHexDigit), let number = UInt64(part, radix: 16) else { return nil }
            let big = (0..<part.utf8.count / 2).reversed().map { UInt8(truncatingIfNeeded: number >> (8 * UInt64($0))) }
            bytes += index < 3 ? big.reversed() : big
        }
        return bytes
    }
}
