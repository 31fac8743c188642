/// The variables of UEFI firmware in a file, as the flash of a virtual machine has them.
///
/// A firmware volume with a store of authenticated variables (EDK II, AuthenticatedVariableFormat.h):
///
///     volume header | store header | variable | variable | … | 0xff …
///     variable: header of 60 bytes | name in UTF-16 with its NUL | data | filled up to a multiple of four
public struct VariableStore: Sendable {
    /// The whole file.
    public private(set) var bytes: [UInt8]
    private let name: String
    /// The range from the first variable to the end of the space for variables.
    private let space: Range<Int>

    /// - Parameters:
    ///   - bytes: The content of the file.
    ///   - name: The file, for errors.
    /// - Throws: an error if it has no store of authenticated variables.
    public init(_ bytes: [UInt8], name: String) throws(BootError) {
        let fields = ByteFields(bytes)
        guard fields.slice(0x28, 4)?.elementsEqual("_FVH".utf8) == true,
            let start = fields.offset(0x30, as: UInt16.self),
            fields.slice(start, 16)?.elementsEqual(Self.kind.bytes) == true,
            let size = fields.offset(start + 16, as: UInt32.self), size > 28, start + size <= bytes.count
        else { throw BootError(.damaged, "\(name) has no variables of UEFI firmware that this version can change") }
        self.bytes = bytes
        self.name = name
        space = start + 28..<start + size
    }

    /// EFI_AUTHENTICATED_VARIABLE_GUID.
    private static let kind = FirmwareIdentifier("aaf32c78-947b-439a-a180-2e144ec37792")

    /// Makes a certificate the platform key, the key exchange key and the only one that programs are verified with, and
    /// turns Secure Boot on.
    ///
    /// - Parameter certificate: X.509 in DER.
    /// - Throws: an error if there is no room.
    public mutating func enrol(certificate: [UInt8]) throws(BootError) {
        let list = try SignatureList(certificate: certificate).bytes
        for variable in KeyEnrolment.Variable.all {
            try set(variable.name, variable.vendor, KeyEnrolment.attributes, list)
        }
        try set("SecureBootEnable", .secureBootEnable, 0x3, [1])
        try set("CustomMode", .customMode, 0x3, [0])
    }

    /// Makes a certificate one that shim(1) verifies programs with.
    ///
    /// - Parameter certificate: X.509 in DER.
    /// - Throws: an error if there is no room.
    public mutating func addMachineOwnerKey(certificate: [UInt8]) throws(BootError) {
        try set("MokList", .shim, 0x3, SignatureList(certificate: certificate).bytes)
    }

    private static let headerSize = 60
    /// VAR_ADDED, and what is left of it in a variable that was deleted.
    private static let added: UInt8 = 0x3f
    private static let deleted: UInt8 = 0x3c

    private mutating func set(
        _ name: String,
        _ vendor: FirmwareIdentifier,
        _ attributes: UInt32,
        _ data: [UInt8]
    ) throws(BootError) {
        let text = name.firmwareText + [0, 0]
        var fields = ByteFields(bytes)
        var place = space.lowerBound
        while fields.integer(place, as: UInt16.self) == 0x55aa {
            guard let nameSize = fields.offset(place + 36, as: UInt32.self),
                let dataSize = fields.offset(place + 40, as: UInt32.self),
                let next = aligned(place + Self.headerSize + nameSize + dataSize, to: 4), next <= space.upperBound
            else { throw BootError(.damaged, "The variables of \(self.name) are truncated") }
            let isSame =
                fields.slice(place + 44, 16)?.elementsEqual(vendor.bytes) == true
                && fields.slice(place + Self.headerSize, nameSize)?.elementsEqual(text) == true
            if isSame, fields.bytes[place + 2] == Self.added { fields.set(place + 2, Self.deleted) }
            place = next
        }
        guard let end = aligned(place + Self.headerSize + text.count + data.count, to: 4), end <= space.upperBound
        else { throw BootError(.input, "\(self.name) has no room for the variable \(name)") }
        fields.set(place, repeatElement(0, count: Self.headerSize))
        fields.set(place, UInt16(0x55aa))
        fields.set(place + 2, Self.added)
        fields.set(place + 4, attributes)
        fields.set(place + 36, UInt32(text.count))
        fields.set(place + 40, UInt32(data.count))
        fields.set(place + 44, vendor.bytes)
        fields.set(place + Self.headerSize, text)
        fields.set(place + Self.headerSize + text.count, data)
        bytes = fields.bytes
    }
}

extension FirmwareIdentifier {
    /// EFI_SECURE_BOOT_ENABLE_DISABLE of EDK II.
    static let secureBootEnable = FirmwareIdentifier("f0a30bc7-af08-4556-99c4-001009c93a44")
    /// EFI_CUSTOM_MODE_ENABLE of EDK II.
    static let customMode = FirmwareIdentifier("c076ec0c-7028-4399-a072-71ee5c448b9f")
    /// SHIM_LOCK_GUID.
    static let shim = FirmwareIdentifier("605dab50-e046-4300-abb6-3dd810dd8b23")
}
