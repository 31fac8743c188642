internal import CCrypto

/// A private key with its certificate, and the forms of signatures that it makes of a SHA-256 digest.
///
/// One value belongs to one thread at a time. No signature has a time in it: with an RSA key the same digest gives the
/// same bytes.
public struct SigningIdentity: ~Copyable {
    private let key: PrivateKey
    private let certificate: Certificate

    /// Throws if the key is not that of the certificate, or if that is not valid now; `name` is the certificate's file.
    public init(
        key: consuming PrivateKey,
        certificate: consuming Certificate,
        keyName: String,
        name: String
    ) throws(SigningError) {
        guard X509_check_private_key(certificate.raw, key.raw) == 1 else {
            ERR_clear_error()
            throw SigningError(
                "The certificate \(name) does not belong to the key \(keyName)",
                hint: "mkosi genkey makes a key with its certificate"
            )
        }
        try certificate.checkValidity(name)
        self.key = key
        self.certificate = certificate
    }

    /// The certificate in DER.
    public func encodedCertificate() throws(SigningError) -> [UInt8] { try certificate.encoded() }

    /// The public key in PEM.
    public func publicKeyText() throws(SigningError) -> String { try certificate.publicKeyText() }

    /// The signature alone: PKCS #1 v1.5 (RFC 8017) or ECDSA.
    public func raw(_ digest: [UInt8]) throws(SigningError) -> [UInt8] { try key.sign(digest) }

    /// A detached PKCS #7 signature without attributes (RFC 2315) of what has the digest.
    public func pkcs7(_ digest: [UInt8]) throws(SigningError) -> [UInt8] {
        DEREncoding.sequence(
            DEREncoding.identifier(1, 2, 840, 113549, 1, 7, 2),
            DEREncoding.explicit(0, try signedData(digest))
        )
    }

    /// The same without the outermost ContentInfo, as authenticated UEFI variables have it.
    public func signedData(_ digest: [UInt8]) throws(SigningError) -> [UInt8] {
        try signedData(
            content: DEREncoding.sequence(DEREncoding.identifier(1, 2, 840, 113549, 1, 7, 1)),
            attributes: [],
            signature: key.sign(digest)
        )
    }

    /// A PKCS #7 signature of an EFI program with the digest (Microsoft, Windows Authenticode PE Signature Format).
    public func authenticode(_ digest: [UInt8]) throws(SigningError) -> [UInt8] {
        let kind = DEREncoding.identifier(1, 3, 6, 1, 4, 1, 311, 2, 1, 4)
        let program = DEREncoding.sequence(
            DEREncoding.identifier(1, 3, 6, 1, 4, 1, 311, 2, 1, 15),
            // No flags, and a link to a file without a name, which nothing reads any more.
            DEREncoding.sequence([3, 1, 0], DEREncoding.explicit(0, DEREncoding.explicit(2, [0x80, 0])))
        )
        let indirect = program + DEREncoding.sequence(Self.sha256, DEREncoding.octets(digest))
        let message: [UInt8]
        do { message = try Digest.bytes(of: indirect) } catch { throw SigningError(error.message) }
        let attributes = [
            DEREncoding.sequence(DEREncoding.identifier(1, 2, 840, 113549, 1, 9, 3), DEREncoding.set(kind)),
            DEREncoding.sequence(
                DEREncoding.identifier(1, 2, 840, 113549, 1, 9, 4),
                DEREncoding.set(DEREncoding.octets(message))
            ),
        ]
        let signed: [UInt8]
        do {
            signed = try Digest.bytes(of: DEREncoding.value(0x31, attributes.flatMap(\.self)))
        } catch {
            throw SigningError(error.message)
        }
        let data = try signedData(
            content: DEREncoding.sequence(kind, DEREncoding.explicit(0, DEREncoding.sequence(indirect))),
            attributes: attributes.flatMap(\.self),
            signature: key.sign(signed)
        )
        return DEREncoding.sequence(
            DEREncoding.identifier(1, 2, 840, 113549, 1, 7, 2),
            DEREncoding.explicit(0, data)
        )
    }

    private static let sha256 = DEREncoding.sequence(
        DEREncoding.identifier(2, 16, 840, 1, 101, 3, 4, 2, 1),
        DEREncoding.null
    )

    private func signedData(
        content: [UInt8],
        attributes: [UInt8],
        signature: [UInt8]
    ) throws(SigningError) -> [UInt8] {
        let issuer = try Memory.encoded { i2d_X509_NAME(X509_get_issuer_name(certificate.raw), $0) }
        let serial = try Memory.encoded { i2d_ASN1_INTEGER(X509_get0_serialNumber(certificate.raw), $0) }
        let algorithm =
            key.isRSA
            ? DEREncoding.sequence(DEREncoding.identifier(1, 2, 840, 113549, 1, 1, 1), DEREncoding.null)
            : DEREncoding.sequence(DEREncoding.identifier(1, 2, 840, 10045, 4, 3, 2))
        let signer = DEREncoding.sequence(
            DEREncoding.integer(1),
            DEREncoding.sequence(issuer, serial),
            Self.sha256,
            attributes.isEmpty ? [] : DEREncoding.explicit(0, attributes),
            algorithm,
            DEREncoding.octets(signature)
        )
        return DEREncoding.sequence(
            DEREncoding.integer(1),
            DEREncoding.set(Self.sha256),
            content,
            DEREncoding.explicit(0, try certificate.encoded()),
            DEREncoding.set(signer)
        )
    }
}
