internal import Crypto

/// The files by which systemd-boot(7) enrols keys: `PK.auth`, `KEK.auth` and `db.auth` in `loader/keys/auto` of the ESP.
///
/// Each is the content of an authenticated variable, signed with the key that it enrols (UEFI specification, 8.2.2,
/// EFI_VARIABLE_AUTHENTICATION_2).
public struct KeyEnrolment: Sendable {
    private let list: SignatureList
    /// EFI_TIME: year, month, day, hour, minute, second and zeros.
    private let time: [UInt8]

    /// - Parameter certificate: X.509 in DER; it is all three: platform key, key exchange key and database.
    /// - Throws: an error if it is not a certificate.
    public init(certificate: [UInt8]) throws(BootError) {
        list = try SignatureList(certificate: certificate)
        do throws(SigningError) {
            // A variable is replaced only by a later one: the time of a new certificate is later, and always the same.
            let start = try Certificate(certificate, name: "the certificate").start()
            var fields = ByteFields([UInt8](repeating: 0, count: 16))
            fields.set(0, UInt16(start[0]))
            fields.set(2, start[1...].map { UInt8($0) })
            time = fields.bytes
        } catch {
            throw BootError(.input, error.message)
        }
    }

    /// One of the variables.
    public struct Variable: Sendable {
        public let name: String
        let vendor: FirmwareIdentifier

        /// All of them; the platform key is the last to be enrolled, for it ends the setup mode.
        public static let all = [
            Variable(name: "db", vendor: .database),
            Variable(name: "KEK", vendor: .global),
            Variable(name: "PK", vendor: .global),
        ]
    }

    /// Non-volatile, with access at boot and at run time, and authenticated by time.
    static let attributes: UInt32 = 0x27
    /// EFI_CERT_TYPE_PKCS7_GUID.
    private static let kind = FirmwareIdentifier("4aafd29d-68df-49ee-8aa9-347d375665a7")

    /// The digest that is signed for a variable, in lower-case hexadecimal digits.
    public func digest(of variable: Variable) throws(BootError) -> String {
        var attributes = ByteFields([UInt8](repeating: 0, count: 4))
        attributes.set(0, Self.attributes)
        do {
            return try Digest.of(
                variable.name.firmwareText + variable.vendor.bytes + attributes.bytes + time + list.bytes
            )
        } catch {
            throw BootError(.system, error.message)
        }
    }

    /// The file of a variable.
    ///
    /// - Parameter signature: SignedData of PKCS #7 in DER, of the variable's digest.
    /// - Returns: The content of the file.
    public func file(signature: [UInt8]) -> [UInt8] {
        var header = ByteFields([UInt8](repeating: 0, count: 24))
        header.set(0, UInt32(24 + signature.count))
        header.set(4, UInt16(0x0200))
        // WIN_CERT_TYPE_EFI_GUID.
        header.set(6, UInt16(0x0ef1))
        header.set(8, Self.kind.bytes)
        return time + header.bytes + signature + list.bytes
    }
}
