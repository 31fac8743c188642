internal import CCrypto

/// Bytes on the way into libcrypto and out of it.
enum Memory {
    /// Hands bytes over as a file.
    static func reading<Result>(_ bytes: [UInt8], _ body: (OpaquePointer) -> Result?) -> Result? {
        bytes.withUnsafeBytes { buffer in
            guard let input = BIO_new_mem_buf(buffer.baseAddress, Int32(buffer.count)) else { return nil }
            defer { BIO_free(input) }
            return body(input)
        }
    }

    /// Returns the content of a file in memory.
    static func content(_ output: OpaquePointer) -> [UInt8] {
        var start: UnsafeMutablePointer<UInt8>?
        let count = withUnsafeMutablePointer(to: &start) { BIO_ctrl(output, BIO_CTRL_INFO, 0, $0) }
        guard count > 0, let start else { return [] }
        return Array(UnsafeBufferPointer(start: start, count: count))
    }

    /// Returns the output of a function of the family of i2d_X509(3).
    static func encoded(
        _ body: (UnsafeMutablePointer<UnsafeMutablePointer<UInt8>?>?) -> Int32
    ) throws(SigningError) -> [UInt8] {
        let count = body(nil)
        guard count > 0 else { throw SigningError("libcrypto cannot encode a value: \(SigningError.reason)") }
        return [UInt8](unsafeUninitializedCapacity: Int(count)) { buffer, initialized in
            var place = buffer.baseAddress
            initialized = body(&place) == count ? Int(count) : 0
        }
    }
}
