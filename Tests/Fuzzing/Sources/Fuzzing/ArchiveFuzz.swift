import ArchiveKit
import System

/// Reads an archive with all of its content: there are entries or an error with a text, never a crash.
enum ArchiveFuzz {
    static func run(_ bytes: [UInt8]) {
        let file = FuzzFile(bytes)
        do throws(ImageError) {
            var reader = try ArchiveReader(descriptor: file.descriptor, path: "archive")
            while let entry = try reader.next() {
                if entry.path.normalized.bytes.first == UInt8(ascii: "/") { broken("a path is relative", "\(entry)") }
                _ = try reader.readAll(limit: 1 << 16)
            }
        } catch {
            if error.message.isEmpty { broken("an error has a text", "\(error)") }
        }
    }
}
