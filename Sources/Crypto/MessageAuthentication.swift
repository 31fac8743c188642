internal import CCrypto

/// Keyed digests (RFC 2104).
public enum MessageAuthentication {
    /// Returns the 32 bytes of HMAC-SHA256 over a message.
    ///
    /// Throws when libcrypto refuses the computation, as it does where it has no memory.
    public static func sha256(key: [UInt8], message: [UInt8]) throws(DigestError) -> [UInt8] {
        var result = [UInt8](repeating: 0, count: 32)
        var length = UInt32(result.count)
        guard HMAC(EVP_sha256(), key, Int32(key.count), message, message.count, &result, &length) != nil else {
            throw DigestError(message: "libcrypto refuses to compute HMAC-SHA256")
        }
        return result
    }
}
