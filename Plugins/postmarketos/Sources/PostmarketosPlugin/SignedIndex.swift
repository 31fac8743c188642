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
    /// `keys` is a directory of public keys, or nil if signatures are not checked.
    ///
    /// Only what is signed is read: anyone can put more in front of it.
    init(path: String, url: String, keys: String?, scratch: String) throws {
        guard let bytes = SystemFile.read(path) else { throw SystemFile.failure("read", path) }
        guard let members = GzipMembers(bytes) else { throw Self.untrusted(url, "is not an index") }
        guard let keys else {
            records = try Self.records(in: path, url: url)
            signers = []
            return
        }
        let signatures = try Self.signatures(in: path, url: url)
        if signatures.isEmpty { throw Self.untrusted(url, "is not signed") }
        var unknown: [String] = []
        for signature in signatures {
            guard let text = SystemFile.read("\(keys)/\(signature.key)") else {
                unknown.append(signature.key)
                continue
            }
            let key = try PublicKey(text, name: signature.key)
            for start in members.places.dropLast() where start > 0 {
                let signed = Array(bytes[start...])
                guard key.verifies(signature.bytes, of: signed, signature.function) else { continue }
                let own = "\(scratch)/signed-index"
                try SystemFile.write(own, signed)
                defer { unlink(own) }
                records = try Self.records(in: own, url: url)
                signers = [signature.key]
                return
            }
        }
        if unknown.count == signatures.count {
            throw Self.untrusted(url, "is signed with the key \(unknown.joined(separator: ", ")), which is not known")
        }
        throw Self.untrusted(url, "does not match its signature")
    }

    private struct Signature {
        var key: String
        var bytes: [UInt8]
        var function: Digest.Function
    }

    /// The names that members with signatures begin with, and their digests (apk-package(5)).
    private static let kinds: [(prefix: String, function: Digest.Function)] = [
        (".SIGN.RSA.", .sha1), (".SIGN.RSA256.", .sha256), (".SIGN.RSA512.", .sha512),
    ]

    private static func signatures(in path: String, url: String) throws -> [Signature] {
        var found: [Signature] = []
        do throws(ImageError) {
            var reader = try ArchiveReader(path: path)
            while let entry = try reader.next() {
                let name = entry.path.normalized.string
                guard name.utf8.first == UInt8(ascii: ".") else { break }
                for (prefix, function) in kinds {
                    guard let key = name.dropping(prefix: prefix), FileName(key) != nil else {
                        continue
                    }
                    found.append(Signature(key: key, bytes: try reader.readAll(limit: 1 << 14), function: function))
                }
            }
        } catch {
            throw untrusted(url, "cannot be read: \(error.message)")
        }
        return found
    }

    private static func records(in path: String, url: String) throws -> [IndexRecord] {
        do throws(ImageError) {
            var reader = try ArchiveReader(path: path)
            while let entry = try reader.next() {
                guard entry.path.normalized.string == "APKINDEX" else { continue }
                return IndexRecord.parse(String(decoding: try reader.readAll(limit: 1 << 28), as: UTF8.self))
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
