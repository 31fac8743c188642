internal import CCrypto

/// A private key with its certificate, for detached signatures (PKCS#7, RFC 2315).
///
/// One value belongs to one thread at a time.
public struct SigningIdentity: ~Copyable {
    private let key: OpaquePointer
    private let certificate: OpaquePointer

    /// Reads both from PEM.
    ///
    /// Throws if one of them cannot be read, if the key is not that of the certificate, or if that is not valid now.
    public init(key keyText: [UInt8], certificate certificateText: [UInt8]) throws(DigestError) {
        guard let certificate = Self.reading(certificateText, { PEM_read_bio_X509($0, nil, nil, nil) }) else {
            throw DigestError(message: "the certificate is not an X.509 certificate in PEM: \(Self.reason)")
        }
        guard let key = Self.reading(keyText, { PEM_read_bio_PrivateKey($0, nil, { _, _, _, _ in 0 }, nil) }) else {
            X509_free(certificate)
            throw DigestError(message: "the key is not a private key in PEM: \(Self.reason)")
        }
        var flaw: String?
        if X509_check_private_key(certificate, key) != 1 {
            flaw = "the certificate does not belong to the key"
        } else if X509_cmp_current_time(X509_get0_notAfter(certificate)) < 0 {
            flaw = "the certificate has expired"
        } else if X509_cmp_current_time(X509_get0_notBefore(certificate)) > 0 {
            flaw = "the certificate is not valid yet"
        }
        if let flaw {
            X509_free(certificate)
            EVP_PKEY_free(key)
            throw DigestError(message: flaw)
        }
        self.key = key
        self.certificate = certificate
    }

    deinit {
        EVP_PKEY_free(key)
        X509_free(certificate)
    }

    /// SHA-256 of the certificate in DER, in lower-case hexadecimal digits.
    public func fingerprint() throws(DigestError) -> String {
        try Digest.of(Self.encoded { i2d_X509(certificate, $0) })
    }

    /// A detached signature without attributes, in DER: the same bytes for the same input with RSA keys.
    public func sign(_ message: [UInt8]) throws(DigestError) -> [UInt8] {
        guard let input = BIO_new_mem_buf(message, Int32(message.count)) else {
            throw DigestError(message: "cannot allocate memory for a signature")
        }
        defer { BIO_free(input) }
        guard let signature = PKCS7_sign(certificate, key, nil, input, PKCS7_DETACHED | PKCS7_NOATTR | PKCS7_BINARY)
        else {
            throw DigestError(message: "cannot sign: \(Self.reason)")
        }
        defer { PKCS7_free(signature) }
        return try Self.encoded { i2d_PKCS7(signature, $0) }
    }

    private static func reading<Result>(_ text: [UInt8], _ body: (OpaquePointer) -> Result?) -> Result? {
        guard let input = BIO_new_mem_buf(text, Int32(text.count)) else { return nil }
        defer { BIO_free(input) }
        return body(input)
    }

    private static func encoded(
        _ body: (UnsafeMutablePointer<UnsafeMutablePointer<UInt8>?>?) -> Int32
    ) throws(DigestError) -> [UInt8] {
        let count = body(nil)
        guard count > 0 else { throw DigestError(message: "cannot encode: \(reason)") }
        return [UInt8](unsafeUninitializedCapacity: Int(count)) { buffer, initialized in
            var place = buffer.baseAddress
            initialized = body(&place) == count ? Int(count) : 0
        }
    }

    /// What libcrypto says of the last failure.
    private static var reason: String {
        let code = ERR_peek_last_error()
        ERR_clear_error()
        return ERR_reason_error_string(code).map { String(cString: $0) } ?? "libcrypto gives no reason"
    }
}
