internal import CCrypto

/// An RSA public key in PEM, as repositories of packages have them.
public struct PublicKey: ~Copyable {
    private let raw: OpaquePointer

    /// Reads a key; `name` is for errors.
    public init(_ bytes: [UInt8], name: String) throws(SigningError) {
        let key = bytes.withUnsafeBytes { buffer -> OpaquePointer? in
            guard let input = BIO_new_mem_buf(buffer.baseAddress, Int32(clamping: buffer.count)) else { return nil }
            defer { BIO_free(input) }
            return PEM_read_bio_PUBKEY(input, nil, nil, nil)
        }
        guard let key else { throw SigningError("\(name) is not a public key in PEM") }
        raw = key
    }

    deinit {
        EVP_PKEY_free(raw)
    }

    /// Returns true if a signature is that of bytes with this key (PKCS #1 v1.5).
    public func verifies(_ signature: [UInt8], of bytes: [UInt8], _ function: Digest.Function) -> Bool {
        guard let context = EVP_MD_CTX_new() else { return false }
        defer { EVP_MD_CTX_free(context) }
        guard EVP_DigestVerifyInit(context, nil, function.implementation, nil, raw) == 1 else { return false }
        return EVP_DigestVerify(context, signature, signature.count, bytes, bytes.count) == 1
    }
}
