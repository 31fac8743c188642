import ArchiveKit
import ByteKeys
import Crypto
import DistributionKit
import PluginWire
import System

/// The database of a repository: an archive with a directory for each package, and in it the file `desc`.
enum SyncDatabase {
    /// Reads the records of packages by the names of their directories; nil: of all.
    static func records(in path: String, directories wanted: ByteSet? = nil) throws(ErrorObject) -> [PackageRecord] {
        var records: [PackageRecord] = []
        do throws(ImageError) {
            var reader = try ArchiveReader(path: path)
            while let entry = try reader.next() {
                let parts = entry.path.normalized.string.utf8.split(separator: UInt8(ascii: "/"))
                guard parts.count == 2, parts[1].elementsEqual("desc".utf8), entry.kind == .regular else { continue }
                if let wanted, !wanted.contains(String(Substring(parts[0]))) { continue }
                let record = PackageRecord(parsing: String(decoding: try reader.readAll(limit: 1 << 20), as: UTF8.self))
                if record.isNamed { records.append(record) }
            }
        } catch {
            throw ErrorObject(
                code: error.code == .input ? .internalError : .untrusted,
                message: "the database \(error.message)",
                hint: "Choose another mirror, or remove the package cache",
                subject: path
            )
        }
        return records
    }

    /// Writes a database of packages that are files in one directory.
    static func write(_ packages: [(record: PackageRecord, file: String)], to path: String) throws {
        var writer = try ArchiveWriter(path: path)
        for (package, file) in packages.sorted(by: { $0.record.directory.bytesPrecede($1.record.directory) }) {
            var record = package
            let size = SystemFile.size(file) ?? 0
            record.fields.insert(PackageRecord.Field(name: "FILENAME", values: [Paths.name(file)]), at: 0)
            record.set("CSIZE", to: "\(size)", after: "GROUPS")
            record.set("SHA256SUM", to: try Digest.ofFile(file), after: "ISIZE")
            try writer.begin(ArchiveEntry(path: BytePath(record.directory), kind: .directory, mode: 0o755))
            let text = Array(record.text.utf8)
            let member = BytePath("\(record.directory)/desc")
            var entry = ArchiveEntry(path: member, kind: .regular, mode: 0o644)
            entry.size = text.count
            try writer.begin(entry)
            try text.withUnsafeBytes { try writer.append($0) }
        }
        try writer.finish()
    }
}

extension String {
    /// The order of bytes, which is the same everywhere.
    func bytesPrecede(_ other: String) -> Bool { utf8.lexicographicallyPrecedes(other.utf8) }
}
