internal import Crypto
internal import Glibc
internal import SigningWire
internal import System

/// Answers requests; keys that were opened stay open, so that a pass phrase is asked for once.
///
/// One value belongs to one thread.
final class SigningEngine {
    /// The pass phrases that were entered for keys, by their locations.
    private var passphrases: [String: [UInt8]] = [:]
    private var identities: [(key: KeyReference, certificate: KeyReference, identity: Identity)] = []

    /// A reference to what cannot be copied.
    private final class Identity {
        let value: SigningIdentity
        init(_ value: consuming SigningIdentity) { self.value = value }
    }

    /// The largest file with a key or a certificate.
    private static let fileLimit = 1 << 20

    func answer(_ request: SigningRequest) -> SigningAnswer {
        do throws(SigningError) {
            return try result(request)
        } catch {
            return SigningAnswer(error: error.message, hint: error.hint)
        }
    }

    private func result(_ request: SigningRequest) throws(SigningError) -> SigningAnswer {
        var answer = SigningAnswer()
        if request.kind == .generate {
            try generate(request)
            return answer
        }
        guard let key = request.key else {
            guard request.kind == .certificate else { throw SigningError("There is no key to sign with") }
            let certificate = try certificate(request.certificate)
            answer.certificate = Base64.encoded(try certificate.encoded())
            answer.publicKey = try certificate.publicKeyText()
            return answer
        }
        let identity = try identity(key, request.certificate)
        answer.certificate = Base64.encoded(try identity.value.encodedCertificate())
        answer.publicKey = try identity.value.publicKeyText()
        if request.kind == .certificate { return answer }
        guard let digest = request.digest.flatMap(Digest.bytes(fromHexadecimal:)), digest.count == 32 else {
            throw SigningError("What is signed has to be a SHA-256 digest in 64 hexadecimal digits")
        }
        let signature: [UInt8]
        switch request.kind {
        case .authenticode: signature = try identity.value.authenticode(digest)
        case .pkcs7: signature = try identity.value.pkcs7(digest)
        case .signedData: signature = try identity.value.signedData(digest)
        case .raw: signature = try identity.value.raw(digest)
        case .certificate, .generate: return answer
        }
        answer.signature = Base64.encoded(signature)
        return answer
    }

    private func identity(_ key: KeyReference, _ other: KeyReference) throws(SigningError) -> Identity {
        if let known = identities.first(where: { $0.key == key && $0.certificate == other }) { return known.identity }
        // First what needs no pass phrase.
        let certificate = try certificate(other)
        try certificate.checkValidity(other.name)
        let identity = Identity(
            try SigningIdentity(key: privateKey(key), certificate: certificate, keyName: key.name, name: other.name)
        )
        identities.append((key, other, identity))
        return identity
    }

    private func privateKey(_ key: KeyReference) throws(SigningError) -> PrivateKey {
        let ask = { [self] in passphrase(key) }
        do throws(SigningError) {
            switch key.source {
            case .file:
                return try PrivateKey(Self.content(key, "key"), name: key.name, passphrase: ask)
            case .provider:
                let module = try Self.module(key)
                return try KeyStore.key(key.location, provider: module, name: key.name, passphrase: ask)
            case .engine:
                let module = try Self.module(key)
                return try KeyStore.key(key.location, engine: module, title: key.name, passphrase: ask)
            }
        } catch {
            // A wrong one is asked for again.
            passphrases[key.location] = nil
            throw error
        }
    }

    private func certificate(_ certificate: KeyReference) throws(SigningError) -> Certificate {
        switch certificate.source {
        case .file: return try Certificate(Self.content(certificate, "certificate"), name: certificate.name)
        case .provider:
            return try KeyStore.certificate(
                certificate.location,
                provider: Self.module(certificate),
                name: certificate.name,
                passphrase: { [self] in passphrase(certificate) }
            )
        case .engine: throw SigningError("A certificate cannot come from an OpenSSL engine", hint: "Use a provider")
        }
    }

    private static func module(_ reference: KeyReference) throws(SigningError) -> String {
        if let module = reference.module, !module.isEmpty {
            // A path would run a library of whoever wrote it, with the rights of this program.
            if reference.hasModuleName { return module }
            throw SigningError(
                "\(module) is not the name of \(reference.source == .engine ? "an engine" : "a provider") of OpenSSL",
                hint: "Allowed: letters, digits, - and _, as in \(reference.source.rawValue):pkcs11"
            )
        }
        throw SigningError(
            "The \(reference.source.rawValue) that has \(reference.name) is not named",
            hint: "Write it after a colon: \(reference.source.rawValue):pkcs11"
        )
    }

    private static func content(_ reference: KeyReference, _ what: String) throws(SigningError) -> [UInt8] {
        do throws(SystemCallError) {
            guard reference.isWithoutLinks == true else { return try Files.read(reference.location, limit: fileLimit) }
            let file = try Files.openRegular(reference.location)
            let opened = "/proc/self/fd/\(file.number)"
            // The kernel's own name of what was opened: a link that came and went in between does not matter.
            guard Paths.linkTarget(opened)?.utf8.elementsEqual(reference.location.utf8) == true else {
                throw SystemCallError("open", reference.location, errno: ELOOP)
            }
            let bytes = try Files.read(opened, limit: fileLimit)
            withExtendedLifetime(file.number) {}
            return bytes
        } catch {
            throw SigningError(
                "Cannot read the \(what) \(reference.name): \(error.reason)",
                hint: error.errno == ENOENT ? "mkosi genkey makes a key with its certificate" : nil
            )
        }
    }

    private func passphrase(_ key: KeyReference) -> [UInt8]? {
        if let known = passphrases[key.location] { return known }
        let answer = Passphrase.find(for: key.name)
        passphrases[key.location] = answer
        return answer
    }

    /// Both files are new, and only its owner can read the key.
    private func generate(_ request: SigningRequest) throws(SigningError) {
        guard let key = request.key, key.source == .file, request.certificate.source == .file else {
            throw SigningError("New keys are written to files")
        }
        let generation = KeyGeneration(
            commonName: request.commonName ?? "mkosi",
            validDays: request.validDays ?? 730
        )
        let made = try generation.run()
        try Self.write(made.key, to: key.location, mode: 0o600)
        do throws(SigningError) {
            try Self.write(made.certificate, to: request.certificate.location, mode: 0o644)
        } catch {
            unlink(key.location)
            throw error
        }
    }

    private static func write(_ bytes: [UInt8], to path: String, mode: mode_t) throws(SigningError) {
        do throws(SystemCallError) {
            let file = try Descriptor.open(path, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW, mode: mode)
            do throws(SystemCallError) {
                try file.write(bytes)
                // Network file systems say only then that they are full.
                try file.close(path)
            } catch {
                unlink(path)
                throw error
            }
        } catch {
            throw SigningError("Cannot write \(path): \(error.reason)")
        }
    }
}
