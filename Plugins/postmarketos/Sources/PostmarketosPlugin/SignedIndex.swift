import ArchiveKit
import ByteKeys
import Crypto
import DistributionKit
import Glibc
import PluginWire
import System

/// The file `APKINDEX.tar.gz` of a repository: a stream with a signature, and one with what is signed.
struct SignedIndex {
    var records: [IndexRecord]
    /// Names of the keys whose signatures are good; empty if nothing was checked.
    var signers: [String]

    /// Reads an index.
    ///
    /// `keys` is a directory of public keys, or nil if signatures are not checked. What is read is what is signed: all
    /// that follows the stream with the signatures.
    init(path: String, url: String, keys: String?, scratch: String) throws {
        guard let bytes = SystemFile.read(path, limit: Self.largest) else {
            guard let size = SystemFile.size(path), size > Self.largest else { throw SystemFile.failure("read", path) }
            throw Self.untrusted(url, "has \(size) bytes, more than any index")
        }
        guard bytes.starts(with: Self.magic) else { throw Self.untrusted(url, "is not an index") }
        guard let keys else {
            records = try Self.records(in: path, url: url)
            signers = []
            return
        }
        guard let stream = SignatureStream(bytes) else { throw Self.untrusted(url, "is not signed") }
        let signatures = stream.signatures.compactMap(Signature.init)
        if signatures.isEmpty { throw Self.untrusted(url, "is not signed") }
        let signed = Array(bytes[stream.end...])
        var unknown: [String] = []
        for signature in signatures {
            guard let text = SystemFile.read("\(keys)/\(signature.key)") else {
                unknown.append(signature.key)
                continue
            }
            let key = try PublicKey(text, name: signature.key)
            guard key.verifies(signature.bytes, of: signed, signature.function) else { continue }
            let own = "\(scratch)/signed-index"
            try SystemFile.write(own, signed)
            defer { unlink(own) }
            records = try Self.records(in: own, url: url)
            signers = [signature.key]
            return
        }
        if unknown.count == signatures.count {
            throw Self.untrusted(url, "is signed with the key \(unknown.joined(separator: ", ")), which is not known")
        }
        throw Self.untrusted(url, "does not match its signature")
    }

    /// Bytes of a file, which is read as a whole, and of the list in it.
    private static let largest = 1 << 26
    private static let largestList = 1 << 27

    /// The beginning of each stream (RFC 1952): its magic number, and the only method that there is.
    private static let magic: [UInt8] = [0x1F, 0x8B, 0x08]

    private struct Signature {
        var key: String
        var bytes: [UInt8]
        var function: Digest.Function

        /// The names that files with signatures begin with, and their digests (apk-package(5)).
        private static let kinds: [(prefix: String, function: Digest.Function)] = [
            (".SIGN.RSA.", .sha1), (".SIGN.RSA256.", .sha256), (".SIGN.RSA512.", .sha512),
        ]

        /// Nil for a signature of another kind, and for a key with a name that no file can have.
        init?(_ signature: SignatureStream.Signature) {
            for (prefix, function) in Self.kinds {
                guard let key = signature.name.dropping(prefix: prefix), FileName(key) != nil else { continue }
                (self.key, bytes, self.function) = (key, signature.bytes, function)
                return
            }
            return nil
        }
    }

    private static func records(in path: String, url: String) throws -> [IndexRecord] {
        do throws(ImageError) {
            var reader = try ArchiveReader(path: path)
            while let entry = try reader.next() {
                guard entry.path.normalized.string == "APKINDEX" else { continue }
                return IndexRecord.parse(String(decoding: try reader.readAll(limit: largestList), as: UTF8.self))
            }
        } catch {
            throw untrusted(url, "cannot be read: \(error.message)")
        }
        throw untrusted(url, "has no list of packages")
    }

    private static func untrusted(_ url: String, _ fault: String) -> ErrorObject {
        ErrorObject(
            code: .untrusted,
            message: "the index \(url) \(fault)",
            hint: "Choose another mirror, or add the distribution's current keys",
            subject: url
        )
    }
}
