internal import Crypto
internal import System

/// A signature of a root hash that a disk has room for.
///
/// What is signed is the text of the root hash (Discoverable Partitions Specification). Keys are elsewhere: a disk is
/// written without its signatures, which are filled in later.
public struct VeritySignature: Sendable, Equatable, Codable {
    /// The definition of the signature partition.
    public var name: String
    /// In lower-case hexadecimal digits.
    public var rootHash: String
    /// The partition, in bytes of the image.
    public var offset: UInt64
    public var size: UInt64

    public init(name: String, rootHash: String, offset: UInt64, size: UInt64) {
        self.name = name
        self.rootHash = rootHash
        self.offset = offset
        self.size = size
    }

    /// SHA-256 of what is signed, in lower-case hexadecimal digits.
    public func digest() throws(DiskError) -> String {
        do {
            return try Digest.of(Array(rootHash.utf8))
        } catch {
            throw DiskError(.system, "Cannot sign the root hash: \(error.message)")
        }
    }

    /// Writes a signature to its partition: JSON, filled with zeros.
    ///
    /// - Parameters:
    ///   - signature: A detached PKCS #7 signature in DER.
    ///   - certificate: The certificate of the key in DER.
    ///   - image: The disk image.
    /// - Throws: `layout` if the partition is too small.
    public func write(_ signature: [UInt8], certificate: [UInt8], to image: String) throws(DiskError) {
        let fingerprint: String
        do { fingerprint = try Digest.of(certificate) } catch { throw DiskError(.system, error.message) }
        let text = Base64.encoded(signature)
        let json = #"{"rootHash":"\#(rootHash)","certificateFingerprint":"\#(fingerprint)","signature":"\#(text)"}"#
        let bytes = Array(json.utf8)
        guard bytes.count < size else {
            let missing = UInt64(bytes.count) + 1 - size
            throw DiskError(
                .layout,
                "\(name): the signature does not fit into its partition, which is \(missing) bytes too small",
                hint: "Raise SizeMaxBytes= of the partition"
            )
        }
        try ImageFile(image).write(bytes + [UInt8](repeating: 0, count: Int(size) - bytes.count), at: offset)
    }
}
