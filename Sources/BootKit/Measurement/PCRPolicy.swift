internal import Crypto
internal import System

/// A policy that is fulfilled while PCR 11 has one value, and its signature (TPM 2.0 Library, Part 3, TPM2_PolicyPCR).
public struct PCRPolicy: Sendable, Equatable {
    /// The digest of the policy.
    public let digest: [UInt8]

    /// - Parameter pcr11: The value in the bank of SHA-256.
    /// - Throws: an error only if libcrypto computes no digests.
    public init(pcr11: [UInt8]) throws(BootError) {
        // TPM_CC_PolicyPCR, and a selection of one bank: TPM_ALG_SHA256 with three bytes, of which bit 11 is set.
        let command: [UInt8] = [0, 0, 1, 0x7f]
        let selection: [UInt8] = [0, 0, 0, 1, 0, 0x0b, 3, 0, 8, 0]
        let start = [UInt8](repeating: 0, count: 32)
        do {
            digest = try Digest.bytes(of: start + command + selection + Digest.bytes(of: pcr11))
        } catch {
            throw BootError(.system, error.message)
        }
    }

    /// SHA-256 of the policy, which is what is signed.
    public func signedDigest() throws(BootError) -> [UInt8] {
        do { return try Digest.bytes(of: digest) } catch { throw BootError(.system, error.message) }
    }
}

/// The section `.pcrsig`: signed policies for each phase of the boot, as `systemd-measure sign` prints them.
///
/// Without signatures it is what `systemd-measure policy-digest` prints, to be signed elsewhere.
public struct PCRSignatures: Sendable {
    /// SHA-256 of the public key in DER, in hexadecimal digits; nil if the key is not known.
    private let fingerprint: String?
    private var entries: [(policy: PCRPolicy, signature: [UInt8]?)] = []

    /// Policies that are not signed, for a key that is not known.
    public init() { fingerprint = nil }

    /// - Parameter certificate: X.509 in DER; the fingerprint is that of its public key.
    /// - Throws: an error if it has no RSA key, for that is what TPMs verify.
    public init(certificate: [UInt8]) throws(BootError) {
        do throws(SigningError) {
            let certificate = try Certificate(certificate, name: "the certificate")
            guard certificate.bitsOfRSA != nil else {
                throw SigningError(
                    "Expected PCR values can only be signed with an RSA key",
                    hint: "mkosi genkey makes one"
                )
            }
            let key = try certificate.publicKey()
            do { fingerprint = try Digest.of(key) } catch { throw SigningError(error.message) }
        } catch {
            throw BootError(.input, error.message, hint: error.hint)
        }
    }

    /// Adds a policy with its signature, PKCS #1 v1.5 of its `signedDigest()`; nil if there is none yet.
    public mutating func append(_ policy: PCRPolicy, signature: [UInt8]?) { entries.append((policy, signature)) }

    /// JSON on one line.
    public var text: String {
        let list = entries.map { entry in
            var members = [#""pcrs":[11]"#]
            if let fingerprint { members.append(#""pkfp":"\#(fingerprint)""#) }
            members.append(#""pol":"\#(Digest.hexadecimal(entry.policy.digest))""#)
            if let signature = entry.signature { members.append(#""sig":"\#(Base64.encoded(signature))""#) }
            return "{\(members.joined(separator: ","))}"
        }
        return #"{"sha256":[\#(list.joined(separator: ","))]}"#
    }

    /// Bytes of the text for a key: it is reserved before there is anything to sign.
    public static func size(certificate: [UInt8], phases: Int) throws(BootError) -> Int {
        var signatures = try PCRSignatures(certificate: certificate)
        let bits: Int
        do throws(SigningError) {
            bits = try Certificate(certificate, name: "the certificate").bitsOfRSA ?? 0
        } catch {
            throw BootError(.input, error.message)
        }
        let empty = try PCRPolicy(pcr11: [UInt8](repeating: 0, count: 32))
        for _ in 0..<phases { signatures.append(empty, signature: [UInt8](repeating: 0, count: (bits + 7) / 8)) }
        return signatures.text.utf8.count
    }
}
