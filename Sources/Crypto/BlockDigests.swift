internal import CCrypto

/// SHA-256 of many blocks of one size, each behind the same salt.
public enum BlockDigests {
    /// Bytes of one digest.
    public static let size = 32

    /// Returns the digests of all blocks, one after the other; bytes behind the last whole block are left out.
    ///
    /// Throws when libcrypto refuses the computation.
    public static func sha256(
        of bytes: UnsafeRawBufferPointer,
        blockSize: Int,
        salt: [UInt8]
    ) throws(DigestError) -> [UInt8] {
        guard let salted = EVP_MD_CTX_new(), let context = EVP_MD_CTX_new() else {
            throw DigestError(message: "cannot allocate memory for a digest")
        }
        defer {
            EVP_MD_CTX_free(salted)
            EVP_MD_CTX_free(context)
        }
        guard EVP_DigestInit_ex(salted, EVP_sha256(), nil) == 1, EVP_DigestUpdate(salted, salt, salt.count) == 1 else {
            throw DigestError(message: "libcrypto refuses to compute SHA-256 digests")
        }
        let count = bytes.count / blockSize
        var isComplete = true
        let digests = [UInt8](unsafeUninitializedCapacity: count * size) { buffer, initialized in
            for index in 0..<count {
                let block = UnsafeRawBufferPointer(rebasing: bytes[(index * blockSize)..<((index + 1) * blockSize)])
                guard EVP_MD_CTX_copy_ex(context, salted) == 1,
                    EVP_DigestUpdate(context, block.baseAddress, block.count) == 1,
                    EVP_DigestFinal_ex(context, buffer.baseAddress.map { $0 + index * size }, nil) == 1
                else {
                    isComplete = false
                    break
                }
            }
            initialized = isComplete ? count * size : 0
        }
        guard isComplete else { throw DigestError(message: "libcrypto refuses to compute SHA-256 digests") }
        return digests
    }
}
