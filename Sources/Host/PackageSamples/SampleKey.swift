public import Crypto

/// An OpenPGP key that signs packages and indexes of a repository (RFC 9580, version 4, RSA with SHA-256).
///
/// It is made and used without any program, so that a check of a plugin needs none.
public struct SampleKey: Sendable {
    /// The time that a key is valid.
    public enum Validity: Sendable {
        case forever
        /// For one day, years ago, at which everything is signed.
        case expired
    }

    private let privateText: [UInt8]
    private let certificateText: [UInt8]
    private let validity: Validity
    private let owner: String
    /// The body of the packet with the public key.
    private let body: [UInt8]

    /// Seconds since 1970.
    private static let created: UInt32 = 1_600_000_000

    /// Makes a key; `owner` is of the form `NAME <ADDRESS>`.
    public init(owner: String, validity: Validity = .forever) throws(SigningError) {
        (privateText, certificateText) = try KeyGeneration(commonName: "sample", validDays: 3650).run()
        self.owner = owner
        self.validity = validity
        let certificate = try Certificate(certificateText, name: "sample")
        var body = ByteOutput()
        body.append(UInt8(4))
        body.append(Self.created)
        body.append(UInt8(1))
        for number in Self.numbers(try certificate.publicKey()) { body.append(number) }
        self.body = body.bytes
    }

    /// In upper-case hexadecimal digits.
    public var fingerprint: String { Digest.hexadecimal(fingerprintBytes).uppercased() }

    private var fingerprintBytes: [UInt8] { FingerprintDigest.of(hashed(body)) }

    // MARK: - The key

    /// The public key with its owner, in binary form: a keyring of gpgv(1).
    public func publicKey() throws(SigningError) -> [UInt8] {
        var identity = ByteOutput()
        identity.append(UInt8(0xb4))
        identity.append(UInt32(owner.utf8.count))
        identity.append(owner)
        // Key flags: it may certify and sign.
        var subpackets = Self.subpacket(27, [0x03])
        if validity == .expired {
            var seconds = ByteOutput()
            seconds.append(UInt32(86400))
            subpackets += Self.subpacket(9, seconds.bytes)
        }
        let signature = try signature(of: hashed(body) + identity.bytes, type: 0x13, adding: subpackets)
        return Self.packet(6, body) + Self.packet(13, Array(owner.utf8)) + signature
    }

    public func armoredPublicKey() throws(SigningError) -> String {
        ASCIIArmor.encoded(try publicKey(), title: "PGP PUBLIC KEY BLOCK")
    }

    // MARK: - Signatures

    /// A detached signature of bytes, in binary form.
    public func signature(of bytes: [UInt8]) throws(SigningError) -> [UInt8] {
        try signature(of: bytes, type: 0x00)
    }

    public func armoredSignature(of bytes: [UInt8]) throws(SigningError) -> String {
        ASCIIArmor.encoded(try signature(of: bytes), title: "PGP SIGNATURE")
    }

    /// A text with its signature around it; no line may end in blanks or begin with a dash.
    public func clearSigned(_ text: String) throws(SigningError) -> String {
        let lines = text.split(separator: "\n", omittingEmptySubsequences: false).dropLast()
        let signed = try signature(of: Array(lines.joined(separator: "\r\n").utf8), type: 0x01)
        return "-----BEGIN PGP SIGNED MESSAGE-----\nHash: SHA256\n\n" + text
            + ASCIIArmor.encoded(signed, title: "PGP SIGNATURE")
    }

    private func signature(
        of bytes: [UInt8],
        type: UInt8,
        adding subpackets: [UInt8] = []
    ) throws(SigningError) -> [UInt8] {
        let fingerprint = fingerprintBytes
        var time = ByteOutput()
        time.append(Self.created + 3600)
        let hashedPart = Self.subpacket(2, time.bytes) + subpackets + Self.subpacket(33, [4] + fingerprint)
        var output = ByteOutput()
        // Version 4, the type, RSA, SHA-256.
        output.append([4, type, 1, 8])
        output.append(UInt16(hashedPart.count))
        output.append(hashedPart)
        var trailer = ByteOutput()
        trailer.append([4, 0xff])
        trailer.append(UInt32(output.bytes.count))
        let digest: [UInt8]
        do throws(DigestError) {
            digest = try Digest.bytes(of: bytes + output.bytes + trailer.bytes)
        } catch {
            throw SigningError(error.message)
        }
        let issuer = Self.subpacket(16, Array(fingerprint.suffix(8)))
        output.append(UInt16(issuer.count))
        output.append(issuer)
        output.append(Array(digest.prefix(2)))
        let identity = try SigningIdentity(
            key: PrivateKey(privateText, name: "sample") { nil },
            certificate: Certificate(certificateText, name: "sample"),
            keyName: "sample",
            name: "sample"
        )
        output.append(Self.multiprecision(try identity.raw(digest)))
        return Self.packet(2, output.bytes)
    }

    // MARK: - Encoding

    /// Returns the part of a key that enters a digest.
    private func hashed(_ body: [UInt8]) -> [UInt8] {
        var output = ByteOutput()
        output.append(UInt8(0x99))
        output.append(UInt16(body.count))
        return output.bytes + body
    }

    /// A packet with a length of two bytes in the old form, which every reader knows.
    private static func packet(_ tag: UInt8, _ body: [UInt8]) -> [UInt8] {
        var output = ByteOutput()
        output.append(0x81 | tag << 2)
        output.append(UInt16(body.count))
        return output.bytes + body
    }

    private static func subpacket(_ type: UInt8, _ body: [UInt8]) -> [UInt8] { [UInt8(body.count + 1), type] + body }

    private static func multiprecision(_ number: [UInt8]) -> [UInt8] {
        let digits = Array(number.drop { $0 == 0 })
        var output = ByteOutput()
        output.append(UInt16(digits.count * 8 - (digits.first?.leadingZeroBitCount ?? 0)))
        return output.bytes + digits
    }

    /// Modulus and exponent of a key in the form of RFC 8017, A.1.1, a sequence of two integers in DER.
    private static func numbers(_ encoded: [UInt8]) -> [[UInt8]] {
        var rest = encoded[...]
        func length() -> Int {
            let first = rest.removeFirst()
            if first < 0x80 { return Int(first) }
            let count = Int(first & 0x7f)
            let value = rest.prefix(count).reduce(0) { $0 << 8 | Int($1) }
            rest.removeFirst(count)
            return value
        }
        rest.removeFirst()
        _ = length()
        return (0..<2).map { _ in
            rest.removeFirst()
            let count = length()
            let number = Array(rest.prefix(count))
            rest.removeFirst(count)
            return multiprecision(number)
        }
    }
}
