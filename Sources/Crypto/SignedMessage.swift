internal import CCrypto

/// A PKCS #7 signature that was read from somewhere, and so may be anything.
public struct SignedMessage: Sendable {
    private let bytes: [UInt8]

    /// - Parameter bytes: The signature in DER; what follows it is ignored.
    public init(_ bytes: [UInt8]) {
        var reader = DERReader(bytes[...])
        self.bytes = reader.next().map { Array($0.whole) } ?? bytes
    }

    /// The digest of the program that an Authenticode signature is for; nil for any other signature.
    public var programDigest: [UInt8]? {
        guard var indirect = indirectData.map({ DERReader($0) }), indirect.next(0x30) != nil,
            var information = indirect.next(0x30).map({ DERReader($0.content) }), information.next(0x30) != nil
        else { return nil }
        return information.next(4).map { Array($0.content) }
    }

    /// The content of SpcIndirectDataContent.
    private var indirectData: ArraySlice<UInt8>? {
        var outer = DERReader(bytes[...])
        guard var message = outer.next(0x30).map({ DERReader($0.content) }), message.next(6) != nil,
            var tagged = message.next(0xa0).map({ DERReader($0.content) }),
            var data = tagged.next(0x30).map({ DERReader($0.content) }),
            data.next(2) != nil, data.next(0x31) != nil,
            var content = data.next(0x30).map({ DERReader($0.content) }), content.next(6) != nil,
            var value = content.next(0xa0).map({ DERReader($0.content) })
        else { return nil }
        return value.next(0x30)?.content
    }

    /// Throws unless an Authenticode signature was made with the key of a certificate.
    ///
    /// Dates are not looked at: firmware does not either.
    public func verifyProgram(with certificate: borrowing Certificate) throws(SigningError) {
        guard let content = indirectData else { throw SigningError("It is not an Authenticode signature") }
        try verify(Array(content), with: certificate)
    }

    /// Throws unless it is a signature of the content that was made with the key of a certificate.
    public func verify(_ content: [UInt8], with certificate: borrowing Certificate) throws(SigningError) {
        let read = bytes.withUnsafeBufferPointer { buffer -> OpaquePointer? in
            var place = buffer.baseAddress
            return d2i_PKCS7(nil, &place, buffer.count).map { OpaquePointer($0) }
        }
        guard let read else { throw SigningError("It is not a PKCS #7 signature: \(SigningError.reason)") }
        let message = UnsafeMutablePointer<PKCS7>(read)
        defer { PKCS7_free(message) }
        guard let store = X509_STORE_new(), let parameters = X509_VERIFY_PARAM_new() else {
            throw SigningError("There is no memory to verify a signature")
        }
        defer {
            X509_VERIFY_PARAM_free(parameters)
            X509_STORE_free(store)
        }
        X509_VERIFY_PARAM_set_flags(parameters, UInt(X509_V_FLAG_PARTIAL_CHAIN | X509_V_FLAG_NO_CHECK_TIME))
        X509_VERIFY_PARAM_set_purpose(parameters, X509_PURPOSE_ANY)
        X509_STORE_set1_param(store, parameters)
        X509_STORE_add_cert(store, certificate.raw)
        let isValid = Memory.reading(content) { input in
            PKCS7_verify(message, nil, store, input, nil, PKCS7_BINARY) == 1 ? true : nil
        }
        guard isValid == true else { throw SigningError("The signature is not valid: \(SigningError.reason)") }
    }
}
