public import PluginWire
import System

extension Host {
    /// Signs with one of the user's keys, which the plugin never sees.
    ///
    /// - Parameters:
    ///   - digest: SHA-256 of what is signed, in lower-case hexadecimal digits.
    ///   - kind: The form of the signature: `authenticode`, `pkcs7`, `signed-data` or `raw`.
    ///   - purpose: The key: `secure-boot`, `verity` or `expected-pcr`.
    /// - Returns: The signature, in DER unless it is `raw`.
    /// - Throws: What is wrong with the key or its certificate.
    public func signature(of digest: String, kind: String, purpose: String) throws(ErrorObject) -> [UInt8] {
        let answer = try sign(ABI.V1.Sign(purpose: purpose, kind: kind, digest: digest))
        return try Self.bytes(answer.signature ?? "")
    }

    /// The certificate that belongs to one of the user's keys.
    ///
    /// - Returns: The certificate in DER, and its public key in PEM.
    public func certificate(purpose: String) throws(ErrorObject) -> (bytes: [UInt8], publicKey: String) {
        let answer = try sign(ABI.V1.Sign(purpose: purpose, kind: "certificate"))
        return (try Self.bytes(answer.certificate), answer.publicKey)
    }

    private static func bytes(_ text: String) throws(ErrorObject) -> [UInt8] {
        if let bytes = Base64.decoded(text), !bytes.isEmpty { return bytes }
        throw ErrorObject(code: .internalError, message: "the host sent a signature that is not Base64")
    }
}
