internal import Crypto
internal import Glibc

/// The certificates of a variable of UEFI firmware, such as `db` (UEFI specification, 32.4.1, EFI_SIGNATURE_LIST).
public struct SignatureList: Sendable {
    /// One certificate in DER.
    private let certificate: [UInt8]
    /// The owner who has enrolled it: an identifier that follows from the certificate, so that it is the same each
    /// time.
    private let owner: [UInt8]

    /// - Parameter certificate: X.509 in DER.
    /// - Throws: an error only if libcrypto computes no digests.
    public init(certificate: [UInt8]) throws(BootError) {
        self.certificate = certificate
        do {
            var bytes = Array(try Digest.bytes(of: certificate).prefix(16))
            // An identifier without any meaning (RFC 9562, version 8), in the byte order of firmware.
            bytes[7] = bytes[7] & 0x0f | 0x80
            bytes[8] = bytes[8] & 0x3f | 0x80
            owner = bytes
        } catch {
            throw BootError(.system, error.message)
        }
    }

    /// EFI_CERT_X509_GUID.
    private static let kind = FirmwareIdentifier("a5c059a1-94e4-4aa7-87b5-ab155c2bf072")

    /// The list, as the variable has it.
    public var bytes: [UInt8] {
        var header = ByteFields([UInt8](repeating: 0, count: 28))
        header.set(0, Self.kind.bytes)
        header.set(16, UInt32(28 + 16 + certificate.count))
        header.set(24, UInt32(16 + certificate.count))
        return header.bytes + owner + certificate
    }

    /// The entry that the firmware measures for the first program that it started thanks to the list.
    var entry: [UInt8] { owner + certificate }
}

/// An identifier in the byte order of firmware (UEFI specification, appendix A).
struct FirmwareIdentifier: Sendable, Equatable {
    let bytes: [UInt8]

    /// - Parameter text: As people write it, with four dashes.
    init(_ text: StaticString) {
        let digits = text.description.filter { $0 != "-" }
        let plain = Digest.bytes(fromHexadecimal: digits) ?? []
        bytes = plain.prefix(4).reversed() + plain[4..<6].reversed() + plain[6..<8].reversed() + plain[8...]
    }

    /// EFI_GLOBAL_VARIABLE.
    static let global = FirmwareIdentifier("8be4df61-93ca-11d2-aa0d-00e098032b8c")
    /// EFI_IMAGE_SECURITY_DATABASE_GUID.
    static let database = FirmwareIdentifier("d719b2cb-3d3a-4596-a3bc-dad00e67656f")
}
