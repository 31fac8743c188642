internal import Crypto

/// The content of a verity signature partition: JSON with the root hash and a signature of it, filled with zeros.
///
/// The form is that of the Discoverable Partitions Specification; what is signed is the text of the root hash.
struct VeritySignature {
    let rootHash: [UInt8]

    /// Throws `layout` if the partition is too small, and `system` if the hash cannot be signed.
    func content(_ key: DiskBuilder.SigningKey, size: UInt64) throws(DiskError) -> [UInt8] {
        let text = Self.hexadecimal(rootHash)
        let json: String
        do {
            let identity = try SigningIdentity(key: key.key, certificate: key.certificate)
            let signature = Self.base64(try identity.sign(Array(text.utf8)))
            let fingerprint = try identity.fingerprint()
            json = #"{"rootHash":"\#(text)","certificateFingerprint":"\#(fingerprint)","signature":"\#(signature)"}"#
        } catch {
            throw DiskError(.system, "Cannot sign the root hash: \(error.message)")
        }
        let bytes = Array(json.utf8)
        guard bytes.count < size else {
            let missing = UInt64(bytes.count) + 1 - size
            throw DiskError(
                .layout,
                "The signature does not fit into its partition, which is \(missing) bytes too small"
            )
        }
        return bytes + [UInt8](repeating: 0, count: Int(size) - bytes.count)
    }

    static func hexadecimal(_ bytes: [UInt8]) -> String {
        bytes.map { String($0 >> 4, radix: 16) + String($0 & 15, radix: 16) }.joined()
    }

    /// RFC 4648 section 4.
    static func base64(_ bytes: [UInt8]) -> String {
        let digits = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)
        var text: [UInt8] = []
        for start in stride(from: 0, to: bytes.count, by: 3) {
            let group = bytes[start...].prefix(3)
            let bits = group.reduce(UInt32(0)) { $0 << 8 | UInt32($1) } << (8 * UInt32(3 - group.count))
            for index in 0..<4 {
                text.append(index <= group.count ? digits[Int(bits >> UInt32(18 - 6 * index) & 63)] : UInt8(ascii: "="))
            }
        }
        return String(decoding: text, as: UTF8.self)
    }
}
