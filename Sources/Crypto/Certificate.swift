internal import CCrypto
internal import Glibc

/// An X.509 certificate.
///
/// One value belongs to one thread at a time.
public struct Certificate: ~Copyable {
    let raw: OpaquePointer

    /// Takes over a reference.
    init(owning raw: OpaquePointer) { self.raw = raw }

    /// Reads PEM, or DER.
    ///
    /// - Parameters:
    ///   - bytes: The content of the file.
    ///   - name: The file, for errors.
    /// - Throws: an error if it is neither.
    public init(_ bytes: [UInt8], name: String) throws(SigningError) {
        let read = Memory.reading(bytes) { input in
            PEM_read_bio_X509(input, nil, nil, nil)
        }
        if let certificate = read ?? Memory.reading(bytes, { d2i_X509_bio($0, nil) }) {
            ERR_clear_error()
            raw = certificate
            return
        }
        ERR_clear_error()
        throw SigningError(
            "\(name) is not an X.509 certificate in PEM or DER",
            hint: "mkosi genkey makes a key with a certificate"
        )
    }

    deinit { X509_free(raw) }

    /// The certificate in DER.
    public func encoded() throws(SigningError) -> [UInt8] { try Memory.encoded { i2d_X509(raw, $0) } }

    /// The public key in DER, for RSA as PKCS #1 has it (RFC 8017, appendix A.1.1).
    public func publicKey() throws(SigningError) -> [UInt8] {
        try Memory.encoded { i2d_PublicKey(X509_get0_pubkey(raw), $0) }
    }

    /// The public key in PEM.
    public func publicKeyText() throws(SigningError) -> String {
        guard let output = BIO_new(BIO_s_mem()) else { throw SigningError("There is no memory for a public key") }
        defer { BIO_free(output) }
        guard PEM_write_bio_PUBKEY(output, X509_get0_pubkey(raw)) == 1 else {
            throw SigningError("The public key cannot be encoded: \(SigningError.reason)")
        }
        return String(decoding: Memory.content(output), as: UTF8.self)
    }

    /// The size of the public key in bits; nil if it is not an RSA key.
    public var bitsOfRSA: Int? {
        guard let key = X509_get0_pubkey(raw), EVP_PKEY_get_base_id(key) == EVP_PKEY_RSA else { return nil }
        return Int(EVP_PKEY_get_bits(key))
    }

    /// The second from which the certificate is valid, as year, month, day, hour, minute, second in UTC.
    public func start() throws(SigningError) -> [Int] {
        var time = tm()
        guard ASN1_TIME_to_tm(X509_get0_notBefore(raw), &time) == 1 else {
            throw SigningError("The certificate does not say when it becomes valid")
        }
        let rest = [time.tm_mon + 1, time.tm_mday, time.tm_hour, time.tm_min, time.tm_sec]
        return [Int(time.tm_year) + 1900] + rest.map { Int($0) }
    }

    /// Throws if the certificate has expired or is not valid yet; `name` is its file.
    public func checkValidity(_ name: String) throws(SigningError) {
        if X509_cmp_current_time(X509_get0_notAfter(raw)) < 0 {
            throw SigningError(
                "The certificate \(name) has expired on \(Self.text(X509_get0_notAfter(raw)))",
                hint: "mkosi genkey makes a key with a certificate"
            )
        }
        if X509_cmp_current_time(X509_get0_notBefore(raw)) > 0 {
            throw SigningError(
                "The certificate \(name) is not valid before \(Self.text(X509_get0_notBefore(raw)))",
                hint: "Is the clock of this host right?"
            )
        }
    }

    private static func text(_ time: UnsafePointer<ASN1_TIME>?) -> String {
        guard let output = BIO_new(BIO_s_mem()) else { return "an unknown date" }
        defer { BIO_free(output) }
        guard ASN1_TIME_print(output, time) == 1 else { return "an unknown date" }
        return String(decoding: Memory.content(output), as: UTF8.self)
    }
}
