internal import CCrypto

/// AES-256 in XTS mode over whole sectors, numbered as dm-crypt does it (`aes-xts-plain64`).
public struct SectorCipher: ~Copyable {
    /// Bytes of both keys together.
    public static let keySize = 64
    private let context: OpaquePointer
    private let sectorSize: Int

    /// Throws when libcrypto refuses the cipher, as it does if both halves of the key are equal.
    public init(key: [UInt8], sectorSize: Int) throws(DigestError) {
        guard let context = EVP_CIPHER_CTX_new() else {
            throw DigestError(message: "cannot allocate memory for a cipher")
        }
        guard key.count == Self.keySize, EVP_EncryptInit_ex(context, EVP_aes_256_xts(), nil, key, nil) == 1 else {
            EVP_CIPHER_CTX_free(context)
            throw DigestError(message: "libcrypto refuses the cipher AES-256-XTS")
        }
        self.context = context
        self.sectorSize = sectorSize
    }

    deinit {
        EVP_CIPHER_CTX_free(context)
    }

    /// Encrypts whole sectors in place.
    ///
    /// - Parameters:
    ///   - bytes: The sectors.
    ///   - offset: Bytes from the beginning of the encrypted area.
    /// - Throws: If libcrypto fails.
    public func encrypt(_ bytes: inout [UInt8], at offset: UInt64) throws(DigestError) {
        var isComplete = true
        let (context, sectorSize) = (context, sectorSize)
        bytes.withUnsafeMutableBytes { buffer in
            for start in stride(from: 0, to: buffer.count, by: sectorSize) {
                // The number of a sector is in units of 512 bytes, whatever size sectors have.
                let number = (offset + UInt64(start)) / 512
                var tweak = [UInt8](repeating: 0, count: 16)
                for index in 0..<8 { tweak[index] = UInt8(truncatingIfNeeded: number >> (8 * UInt64(index))) }
                let place = buffer[start..<(start + sectorSize)].withMemoryRebound(to: UInt8.self) { $0.baseAddress }
                var length: Int32 = 0
                guard EVP_EncryptInit_ex(context, nil, nil, nil, tweak) == 1,
                    EVP_EncryptUpdate(context, place, &length, place, Int32(sectorSize)) == 1, length == sectorSize
                else {
                    isComplete = false
                    return
                }
            }
        }
        guard isComplete else { throw DigestError(message: "libcrypto cannot encrypt a sector") }
    }
}
