import ArchiveKit
import Crypto
import DistributionKit
import Glibc
import PluginWire
import System

/// A package file, checked by what a signed index says of it.
///
/// The index knows the digest of the description in the package; the description knows that of the data.
enum PackageCheck {
    /// The places of the description and the data.
    struct Layout: Equatable {
        var control: Range<Int>
        var data: Range<Int>
    }

    /// Bytes of a package, which is read as a whole.
    private static let largest = 1 << 31
    /// More than any description has.
    private static let most = 1 << 22

    /// Finds the parts of a package by where its streams end; nil if this is no package.
    ///
    /// In front of the description there is nothing, or one stream that has nothing but signatures in it.
    static func layout(of bytes: [UInt8]) -> Layout? {
        let start = SignatureStream(bytes)?.end ?? 0
        guard let control = GzipStream(bytes, at: start, limit: most), control.end < bytes.count else { return nil }
        return Layout(control: start..<control.end, data: control.end..<bytes.count)
    }

    /// Returns true if a description has the digest that an index states.
    private static func matches(_ control: [UInt8], _ checksum: String) throws(DigestError) -> Bool {
        let function: Digest.Function
        switch checksum.utf8.prefix(2).map({ $0 }) {
        case Array("Q1".utf8): function = .sha1
        case Array("Q2".utf8): function = .sha256
        default: return false
        }
        return try Base64.decoded(String(checksum.dropFirst(2))) == Digest.bytes(of: control, function)
    }

    /// Checks a file and returns its SHA-256 digest; throws if it is not the one that the index describes.
    static func digest(of path: String, name: String, checksum: String, scratch: String) throws -> String {
        guard let bytes = SystemFile.read(path, limit: largest) else {
            guard let size = SystemFile.size(path), size > largest else { throw SystemFile.failure("read", path) }
            throw untrusted(name, "has \(size) bytes, more than can be checked")
        }
        guard let layout = layout(of: bytes), try matches(Array(bytes[layout.control]), checksum) else {
            throw untrusted(name, "is not the one that the signed index describes")
        }
        _ = try information(of: bytes, layout, name: name, scratch: scratch)
        return try Digest.of(bytes)
    }

    /// The package's own description, made sure to be that of the data behind it.
    static func information(
        of bytes: [UInt8],
        _ layout: Layout,
        name: String,
        scratch: String
    ) throws -> [(key: String, value: String)] {
        let control = "\(scratch)/control"
        try SystemFile.write(control, Array(bytes[layout.control]))
        defer { unlink(control) }
        let information = try information(in: control)
        let stated = information.first { $0.key == "datahash" }?.value
        guard let stated, stated.lowercased() == (try Digest.of(Array(bytes[layout.data]))) else {
            throw untrusted(name, "has other data than its description states")
        }
        return information
    }

    /// The lines `key = value` of a package's own description.
    private static func information(in path: String) throws -> [(key: String, value: String)] {
        do throws(ImageError) {
            var reader = try ArchiveReader(path: path)
            while let entry = try reader.next() {
                guard entry.path.normalized.string == ".PKGINFO" else { continue }
                let text = String(decoding: try reader.readAll(limit: 1 << 22), as: UTF8.self)
                return text.lines.compactMap { line in
                    guard line.utf8.first != UInt8(ascii: "#"), let range = line.firstRange(of: " = ") else {
                        return nil
                    }
                    return (String(line[..<range.lowerBound]), String(line[range.upperBound...]))
                }
            }
        } catch {
            throw ErrorObject(code: .untrusted, message: "the package \(error.message)", subject: path)
        }
        throw ErrorObject(code: .untrusted, message: "\(path) has no description of a package in it", subject: path)
    }

    private static func untrusted(_ name: String, _ fault: String) -> ErrorObject {
        ErrorObject(
            code: .untrusted,
            message: "the package \(name) \(fault)",
            hint: "The mirror may be in the middle of an update: try again later, or choose another one",
            subject: name
        )
    }
}
