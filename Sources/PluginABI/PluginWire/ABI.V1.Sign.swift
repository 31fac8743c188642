extension ABI.V1 {
    /// `host/sign`, asked by the plugin: sign a digest with a key that the plugin never sees.
    public struct Sign: ServiceRequest, Equatable {
        public typealias Answer = Signed
        public static let method = "host/sign"
        /// `secure-boot`, `verity` or `expected-pcr`: which of the user's keys signs.
        public var purpose: String
        /// `authenticode`, `pkcs7`, `signed-data` or `raw`; `certificate` for no signature.
        public var kind: String
        /// SHA-256 of what is signed, in lower-case hexadecimal digits.
        public var digest: String?

        public init(purpose: String, kind: String, digest: String? = nil) {
            self.purpose = purpose
            self.kind = kind
            self.digest = digest
        }
    }

    public struct Signed: Codable, Sendable, Equatable {
        /// In Base64.
        public var signature: String?
        /// The certificate that belongs to the key: DER in Base64.
        public var certificate: String
        /// Its public key in PEM.
        public var publicKey: String

        public init(signature: String?, certificate: String, publicKey: String) {
            self.signature = signature
            self.certificate = certificate
            self.publicKey = publicKey
        }
    }
}
