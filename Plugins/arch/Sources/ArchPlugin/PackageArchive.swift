import ArchiveKit
import PluginWire
import System

/// A package file: an archive that begins with its own description.
enum PackageArchive {
    /// True if the name is that of a package file, and not of its signature.
    static func isName(_ name: String) -> Bool {
        name.contains(".pkg.tar") && !name.hasSuffix(".sig") && !name.hasSuffix(".part")
    }

    /// Reads the description of the package in a file.
    static func record(of path: String) throws(ErrorObject) -> PackageRecord {
        do throws(ImageError) {
            var reader = try ArchiveReader(path: path)
            while let entry = try reader.next() {
                guard entry.path.normalized.string == ".PKGINFO" else { continue }
                let record = PackageRecord(package: String(decoding: try reader.readAll(limit: 1 << 20), as: UTF8.self))
                if record.isNamed { return record }
                break
            }
        } catch {
            if error.code == .input { throw ErrorObject(code: .internalError, message: error.message, subject: path) }
            throw damaged(path, error.message)
        }
        throw damaged(path, "\(path) has no description of a package in it")
    }

    private static func damaged(_ path: String, _ reason: String) -> ErrorObject {
        ErrorObject(
            code: .untrusted,
            message: "the package \(reason)",
            hint: "Replace it with an undamaged copy",
            subject: path
        )
    }
}
