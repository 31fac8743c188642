internal import CCrypto

/// Keys and certificates that an OpenSSL provider or engine has, such as those of a PKCS #11 module.
///
/// What is loaded stays loaded until the program ends.
public enum KeyStore {
    /// Loads a provider, besides the default one, which loading another one would remove (provider(7)).
    private static func load(provider: String) throws(SigningError) {
        guard OSSL_PROVIDER_load(nil, "default") != nil else {
            throw SigningError("The default provider of OpenSSL cannot be loaded: \(SigningError.reason)")
        }
        guard OSSL_PROVIDER_load(nil, provider) != nil else {
            throw SigningError(
                "The OpenSSL provider \(provider) cannot be loaded: \(SigningError.reason)",
                hint: "Install the package that has it, such as pkcs11-provider"
            )
        }
    }

    /// The private key that a URI means to a provider.
    public static func key(
        _ uri: String,
        provider: String,
        name: String,
        passphrase: @escaping () -> [UInt8]?
    ) throws(SigningError) -> PrivateKey {
        try load(provider: provider)
        let found = try find(uri, OSSL_STORE_INFO_PKEY, name, passphrase) { OSSL_STORE_INFO_get1_PKEY($0) }
        return PrivateKey(owning: found)
    }

    /// The certificate that a URI means to a provider.
    public static func certificate(
        _ uri: String,
        provider: String,
        name: String,
        passphrase: @escaping () -> [UInt8]?
    ) throws(SigningError) -> Certificate {
        try load(provider: provider)
        let found = try find(uri, OSSL_STORE_INFO_CERT, name, passphrase) { OSSL_STORE_INFO_get1_CERT($0) }
        return Certificate(owning: found)
    }

    /// The private key that an identifier means to an engine.
    public static func key(
        _ identifier: String,
        engine name: String,
        title: String,
        passphrase: @escaping () -> [UInt8]?
    ) throws(SigningError) -> PrivateKey {
        ENGINE_load_builtin_engines()
        guard let engine = ENGINE_by_id(name), ENGINE_init(engine) == 1 else {
            throw SigningError(
                "The OpenSSL engine \(name) cannot be loaded: \(SigningError.reason)",
                hint: "Install the package that has it, such as libengine-pkcs11-openssl"
            )
        }
        let question = Question(passphrase)
        let method = Question.method()
        let key = withExtendedLifetime(question) {
            ENGINE_load_private_key(engine, identifier, method, question.pointer)
        }
        guard let key else {
            let reason = SigningError.reason
            throw question.failure(title)
                ?? SigningError("The OpenSSL engine \(name) has no key \(title): \(reason)")
        }
        return PrivateKey(owning: key)
    }

    /// The first object of a kind at a URI.
    private static func find(
        _ uri: String,
        _ kind: Int32,
        _ name: String,
        _ passphrase: @escaping () -> [UInt8]?,
        _ take: (OpaquePointer) -> OpaquePointer?
    ) throws(SigningError) -> OpaquePointer {
        let question = Question(passphrase)
        let method = Question.method()
        let found = withExtendedLifetime(question) { () -> OpaquePointer? in
            guard let store = OSSL_STORE_open(uri, method, question.pointer, nil, nil) else { return nil }
            defer { OSSL_STORE_close(store) }
            OSSL_STORE_expect(store, kind)
            while OSSL_STORE_eof(store) == 0 {
                guard let item = OSSL_STORE_load(store) else {
                    if OSSL_STORE_error(store) != 0 { return nil }
                    continue
                }
                defer { OSSL_STORE_INFO_free(item) }
                if OSSL_STORE_INFO_get_type(item) == kind, let object = take(item) { return object }
            }
            return nil
        }
        if let found {
            ERR_clear_error()
            return found
        }
        let reason = SigningError.reason
        let what = kind == OSSL_STORE_INFO_PKEY ? "private key" : "certificate"
        throw question.failure(name) ?? SigningError("There is no \(what) at \(name): \(reason)")
    }
}
