import DiskKit

/// Reads a file system, or those of a disk: there are files or an error with a text, never a crash or a read outside.
enum FileSystemFuzz {
    static func run(_ bytes: [UInt8]) {
        // What says where everything is comes first; the rest is files.
        let file = FuzzFile(bytes, size: 1 << 16)
        do throws(DiskError) {
            let disk = try DiskFile(descriptor: file.descriptor, name: "disk")
            if let reader = try? FATReader(disk) {
                try count(disk) { (body: Body) throws(DiskContents.WalkError<DiskError>) in try reader.walk(body) }
            }
            for part in try DiskContents(disk).parts {
                try count(part.file) { (body: Body) throws(DiskContents.WalkError<DiskError>) in
                    try DiskContents.walk(part, body)
                }
            }
        } catch {
            if error.message.isEmpty || error.hint == "" { broken("an error has a text", "\(error)") }
        }
    }

    private typealias Body = (StoredFile) throws(DiskError) -> Void

    private static func count(
        _ disk: DiskFile,
        _ walk: (Body) throws(DiskContents.WalkError<DiskError>) -> Void
    ) throws(DiskError) {
        var files = 0
        do throws(DiskContents.WalkError<DiskError>) {
            try walk { (stored: StoredFile) throws(DiskError) in
                files += 1
                if files > 100_000 { broken("there are no more files than bytes", "\(stored.path)") }
                for extent in stored.extents where extent.place > disk.size || extent.size > disk.size - extent.place {
                    broken("content is in the file system", "\(extent)")
                }
            }
        } catch {
            switch error {
            case .reading(let error), .caller(let error): throw error
            }
        }
    }
}
