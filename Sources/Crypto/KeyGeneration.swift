internal import CCrypto

/// A new RSA key with a certificate that it signs itself.
public struct KeyGeneration: Sendable {
    public var commonName: String
    public var validDays: Int

    public init(commonName: String, validDays: Int) {
        self.commonName = commonName
        self.validDays = validDays
    }

    /// Makes both, in PEM: the key is not encrypted.
    public func run() throws(SigningError) -> (key: [UInt8], certificate: [UInt8]) {
        guard let key = mkosi_generate_rsa(2048), let certificate = X509_new() else {
            throw SigningError("No key can be made: \(SigningError.reason)")
        }
        defer {
            X509_free(certificate)
            EVP_PKEY_free(key)
        }
        // Twenty bytes are the most that a serial number may have, and the first bit says that it is positive.
        var serial = [UInt8](repeating: 0, count: 20)
        guard RAND_bytes(&serial, 20) == 1 else { throw SigningError("There are no random bytes") }
        serial[0] = serial[0] & 0x7f | 0x40
        let number = BN_bin2bn(serial, 20, nil)
        defer { BN_free(number) }
        let name = X509_get_subject_name(certificate)
        // NID_commonName
        guard BN_to_ASN1_INTEGER(number, X509_get_serialNumber(certificate)) != nil,
            X509_gmtime_adj(X509_getm_notBefore(certificate), 0) != nil,
            X509_time_adj_ex(X509_getm_notAfter(certificate), Int32(validDays), 0, nil) != nil,
            X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_UTF8, commonName, -1, -1, 0) == 1,
            X509_set_issuer_name(certificate, name) == 1,
            X509_set_pubkey(certificate, key) == 1,
            X509_sign(certificate, key, EVP_sha256()) > 0
        else {
            throw SigningError(
                "A certificate for the name \"\(commonName)\" cannot be made: \(SigningError.reason)",
                hint: "A common name has at most 64 characters"
            )
        }
        return (
            try Self.text { PEM_write_bio_PrivateKey($0, key, nil, nil, 0, nil, nil) },
            try Self.text { PEM_write_bio_X509($0, certificate) }
        )
    }

    private static func text(_ write: (OpaquePointer) -> Int32) throws(SigningError) -> [UInt8] {
        guard let output = BIO_new(BIO_s_mem()) else { throw SigningError("There is no memory for a key") }
        defer { BIO_free(output) }
        guard write(output) == 1 else { throw SigningError("A key cannot be written: \(SigningError.reason)") }
        return Memory.content(output)
    }
}
