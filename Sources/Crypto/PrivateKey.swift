internal import CCrypto

/// A private key, or what stands for one that is in a security module.
///
/// One value belongs to one thread at a time.
public struct PrivateKey: ~Copyable {
    let raw: OpaquePointer

    init(owning raw: OpaquePointer) { self.raw = raw }

    deinit { EVP_PKEY_free(raw) }

    /// Reads a key in PEM.
    ///
    /// - Parameters:
    ///   - bytes: The content of the file.
    ///   - name: The file, for errors.
    ///   - passphrase: What opens the key, asked for only if it is encrypted; nil if there is no answer.
    /// - Throws: an error that says whether it is no key, or its pass phrase is missing or wrong.
    public init(_ bytes: [UInt8], name: String, passphrase: @escaping () -> [UInt8]?) throws(SigningError) {
        let question = Question(passphrase)
        let read = withExtendedLifetime(question) {
            Memory.reading(bytes) { input in
                PEM_read_bio_PrivateKey(
                    input,
                    nil,
                    { buffer, capacity, _, pointer in Question.answer(buffer, capacity, pointer) },
                    question.pointer
                )
            }
        }
        guard let read else {
            let reason = SigningError.reason
            throw question.failure(name) ?? SigningError("\(name) is not a private key in PEM: \(reason)")
        }
        ERR_clear_error()
        raw = read
    }

    /// Signs a SHA-256 digest: with PKCS #1 v1.5 if it is an RSA key, else with ECDSA.
    ///
    /// RSA keys give the same signature each time.
    func sign(_ digest: [UInt8]) throws(SigningError) -> [UInt8] {
        guard digest.count == 32 else { throw SigningError("A SHA-256 digest has 32 bytes, not \(digest.count)") }
        guard let context = EVP_PKEY_CTX_new_from_pkey(nil, raw, nil) else {
            throw SigningError("The key cannot be used: \(SigningError.reason)")
        }
        defer { EVP_PKEY_CTX_free(context) }
        var length = 0
        guard EVP_PKEY_sign_init(context) == 1,
            !isRSA || EVP_PKEY_CTX_set_rsa_padding(context, RSA_PKCS1_PADDING) == 1,
            EVP_PKEY_CTX_set_signature_md(context, EVP_sha256()) == 1,
            EVP_PKEY_sign(context, nil, &length, digest, digest.count) == 1
        else {
            throw SigningError(
                "The key cannot sign SHA-256 digests: \(SigningError.reason)",
                hint: "Use an RSA key; mkosi genkey makes one"
            )
        }
        var signature = [UInt8](repeating: 0, count: length)
        guard EVP_PKEY_sign(context, &signature, &length, digest, digest.count) == 1 else {
            throw SigningError("The key did not sign: \(SigningError.reason)")
        }
        return Array(signature.prefix(length))
    }

    var isRSA: Bool { EVP_PKEY_get_base_id(raw) == EVP_PKEY_RSA }
}

/// The question for a pass phrase or a PIN, as libcrypto puts it.
final class Question {
    private let answer: () -> [UInt8]?
    private var wasAsked = false
    private var wasAnswered = false

    init(_ answer: @escaping () -> [UInt8]?) { self.answer = answer }

    /// Valid as long as the object is.
    var pointer: UnsafeMutableRawPointer { Unmanaged.passUnretained(self).toOpaque() }

    /// Answers libcrypto, whose pointer is that of a question (pem_password_cb(3)).
    static func answer(
        _ buffer: UnsafeMutablePointer<CChar>?,
        _ capacity: CInt,
        _ pointer: UnsafeMutableRawPointer?
    ) -> CInt {
        guard let buffer, let pointer else { return -1 }
        let question = Unmanaged<Question>.fromOpaque(pointer).takeUnretainedValue()
        question.wasAsked = true
        guard let text = question.answer(), text.count <= Int(capacity) else { return -1 }
        question.wasAnswered = true
        for (index, byte) in text.enumerated() { buffer[index] = CChar(bitPattern: byte) }
        return CInt(text.count)
    }

    /// The same for functions that take a method of a user interface; it is never freed.
    static func method() -> OpaquePointer? {
        UI_UTIL_wrap_read_pem_callback(
            { buffer, capacity, _, pointer in Question.answer(buffer, capacity, pointer) },
            0
        )
    }

    /// Returns the error for a key that could not be opened, if the reason was its pass phrase.
    func failure(_ name: String) -> SigningError? {
        if wasAnswered {
            return SigningError("The pass phrase of the key \(name) is wrong")
        }
        guard wasAsked else { return nil }
        return SigningError(
            "The key \(name) is protected by a pass phrase, and there is no terminal to ask for it",
            hint: "Write it to the file mkosi.key-passphrase in a directory that $CREDENTIALS_DIRECTORY names"
        )
    }
}
