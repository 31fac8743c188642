import ArchiveKit
import Crypto
import DistributionKit
import PluginWire
import System

/// A package file, checked by what a signed index says of it.
///
/// The index knows the digest of the description in the package; the description knows that of the data.
enum PackageCheck {
    /// Where the description and the data are.
    struct Layout: Equatable {
        var control: Range<Int>
        var data: Range<Int>
    }

    /// Finds the description by its digest, in the form that an index has it; nil if the file has none that fits.
    static func layout(of members: GzipMembers, checksum: String) throws(DigestError) -> Layout? {
        let function: Digest.Function
        switch checksum.utf8.prefix(2).map({ $0 }) {
        case Array("Q1".utf8): function = .sha1
        case Array("Q2".utf8): function = .sha256
        default: return nil
        }
        guard let wanted = Base64.decoded(String(checksum.dropFirst(2))) else { return nil }
        for (index, start) in members.places.dropLast().enumerated() {
            for end in members.places[(index + 1)...] {
                // Descriptions are small: what is longer is data.
                guard end - start <= 1 << 22 else { break }
                let digest = try Digest.bytes(of: Array(members.bytes[start..<end]), function)
                if digest == wanted { return Layout(control: start..<end, data: end..<members.bytes.count) }
            }
        }
        return nil
    }

    /// Checks a file and returns its SHA-256 digest; throws if it is not the one that the index describes.
    static func digest(of path: String, name: String, checksum: String, scratch: String) throws -> String {
        guard let bytes = SystemFile.read(path) else { throw SystemFile.failure("read", path) }
        guard let members = GzipMembers(bytes), let layout = try layout(of: members, checksum: checksum) else {
            throw untrusted(name, "is not the one that the signed index describes")
        }
        let control = "\(scratch)/control"
        try SystemFile.write(control, Array(bytes[layout.control]))
        let stated = try information(in: control).first { $0.key == "datahash" }?.value
        guard let stated, stated.lowercased() == (try Digest.of(Array(bytes[layout.data]))) else {
            throw untrusted(name, "has other data than its description states")
        }
        return try Digest.of(bytes)
    }

    /// The lines `key = value` of a package's own description.
    static func information(in path: String) throws -> [(key: String, value: String)] {
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
