import ArchiveKit
import Crypto
import DistributionKit
import PluginWire
import System

/// A package file as an index describes it, made from the file alone.
enum PackageContent {
    /// Letters of an index by the keys of a package's own description, in the order of an index.
    private static let letters: [(letter: Unicode.Scalar, key: String)] = [
        ("P", "pkgname"), ("V", "pkgver"), ("A", "arch"), ("S", ""), ("I", "size"), ("T", "pkgdesc"), ("U", "url"),
        ("L", "license"), ("o", "origin"), ("m", "maintainer"), ("t", "builddate"), ("c", "commit"),
        ("k", "provider_priority"), ("D", "depend"), ("p", "provides"), ("i", "install_if"), ("r", "replaces"),
        ("q", "replaces_priority"),
    ]

    /// Reads a package.
    ///
    /// `scratch` is a directory for a part of it.
    static func record(of path: String, scratch: String) throws -> IndexRecord {
        guard let bytes = SystemFile.read(path) else { throw SystemFile.failure("read", path) }
        guard let layout = PackageCheck.layout(of: bytes) else {
            throw ErrorObject(
                code: .untrusted,
                message: "\(path) is not a package of apk 2",
                hint: "Replace it with an undamaged copy",
                subject: path
            )
        }
        let information = try PackageCheck.information(of: bytes, layout, name: path, scratch: scratch)
        var record = IndexRecord()
        let digest = try Digest.bytes(of: Array(bytes[layout.control]), .sha1)
        record.lines.append((UInt8(ascii: "C"), "Q1" + Base64.encoded(digest)))
        for (letter, key) in letters {
            let values = key.isEmpty ? ["\(bytes.count)"] : information.filter { $0.key == key }.map(\.value)
            if values.isEmpty { continue }
            record.lines.append((UInt8(ascii: letter), values.joined(separator: " ")))
        }
        guard IndexRecord.parse(record.text).count == 1 else {
            throw ErrorObject(code: .untrusted, message: "the package \(path) has no usable name", subject: path)
        }
        return record
    }

    /// Writes the index of packages, unsigned, as apk reads it.
    static func writeIndex(_ records: [IndexRecord], to path: String) throws {
        let text = Array(records.map(\.text).joined().utf8)
        var writer = try ArchiveWriter(path: path, compression: .gz)
        for (name, content) in [("DESCRIPTION", Array("mkosi\n".utf8)), ("APKINDEX", text)] {
            var entry = ArchiveEntry(path: BytePath(name), kind: .regular, mode: 0o644)
            entry.size = content.count
            try writer.begin(entry)
            try content.withUnsafeBytes { try writer.append($0) }
        }
        try writer.finish()
    }
}
