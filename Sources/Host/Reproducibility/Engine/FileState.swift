import ArchiveKit
import CFiles
import Glibc

/// What the kernel says of an open file.
struct FileState {
    let status: mkosi_status

    init(_ descriptor: CInt, _ name: String) throws(ImageError) {
        var status = mkosi_status()
        guard mkosi_status_of(descriptor, &status) == 0 else {
            throw ImageError(.input, "cannot inspect \(name): \(String(cString: strerror(errno)))", path: name)
        }
        self.status = status
    }

    var kind: UInt32 { status.mode & S_IFMT }
    var isDirectory: Bool { kind == S_IFDIR }
}
