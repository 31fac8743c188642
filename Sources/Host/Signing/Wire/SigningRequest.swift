/// A request to `mkosi-sign`: one JSON object on one line of its standard input.
public struct SigningRequest: Codable, Sendable, Equatable {
    public var kind: Kind
    /// SHA-256 of what is signed, in hexadecimal digits.
    public var digest: String?
    /// Nil where nothing is signed.
    public var key: KeyReference?
    public var certificate: KeyReference
    /// For a new key.
    public var commonName: String?
    public var validDays: Int?

    /// The content of the answer.
    public enum Kind: String, Codable, Sendable {
        /// A signature of an EFI program.
        case authenticode
        /// A detached PKCS #7 signature without attributes.
        case pkcs7
        /// The same without the outermost ContentInfo, as UEFI variables have it.
        case signedData = "signed-data"
        /// The signature alone.
        case raw
        /// No signature, but the certificate; the key is tried if there is one.
        case certificate
        /// A new key and its certificate, written to files that do not exist.
        case generate
    }

    public init(_ kind: Kind, digest: String? = nil, key: KeyReference?, certificate: KeyReference) {
        self.kind = kind
        self.digest = digest
        self.key = key
        self.certificate = certificate
    }
}
