import CFiles
import Crypto
import Glibc
import Support
import System

/// A directory whose files are served, and nothing that a link leads out of it to.
final class ServedDirectory: Sendable {
    private let root: Descriptor
    private let digests = Monitor<[Identity: String]>([:])

    /// The file or directory that a name leads to.
    enum Found: ~Copyable {
        case file(Descriptor, FileStatus)
        case directory(Descriptor)
        case missing
        /// Only its owner can read it, or it is neither a file nor a directory.
        case refused
    }

    /// A file as it was when its digest was computed.
    private struct Identity: Hashable {
        var device: UInt64
        var inode: UInt64
        var size: Int
        var modified: FileTime
    }

    /// The name under which clients look for the digests of all files of a directory.
    static let checksums = Array("SHA256SUMS".utf8)

    init(_ path: String) throws(Failure) {
        do throws(SystemCallError) {
            root = try Descriptor.open(path, O_RDONLY | O_DIRECTORY)
        } catch {
            throw Failure(.missing, "Cannot serve \(path)", cause: error)
        }
    }

    /// Opens what a path leads to, name by name.
    ///
    /// A link is followed if it names another file of its own directory, as those of builds do.
    func open(_ names: [[UInt8]]) -> Found {
        var directory = fcntl(root.number, F_DUPFD_CLOEXEC, 3)
        guard directory >= 0 else { return .refused }
        for (index, name) in names.enumerated() {
            // Files of builds that are not ready, locks and the history of the caller begin with a dot.
            guard name.first != 0x2e, let next = Self.openNext(directory, name, followsLink: true) else {
                close(directory)
                return .missing
            }
            close(directory)
            guard let status = FileStatus(of: next) else {
                close(next)
                return .missing
            }
            let isLast = index == names.count - 1
            guard Self.isServed(status) else {
                close(next)
                return .refused
            }
            if status.kind == .regular {
                guard isLast else {
                    close(next)
                    return .missing
                }
                return .file(Descriptor(owning: next), status)
            }
            directory = next
        }
        return .directory(Descriptor(owning: directory))
    }

    /// Everyone may read it; of a directory that may be searched and not listed, the names are not served either.
    private static func isServed(_ status: FileStatus) -> Bool {
        switch status.kind {
        case .directory: status.mode & 0o005 == 0o005
        case .regular: status.mode & 0o004 != 0
        default: false
        }
    }

    private static func openNext(_ directory: CInt, _ name: [UInt8], followsLink: Bool) -> CInt? {
        let name = BytePath(bytes: name)
        // Neither a pipe nor a device makes the server wait.
        let flags = O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY
        let number = name.withCString { mkosi_file_openat(directory, $0, flags, 0) }
        if number >= 0 { return number }
        guard followsLink, errno == ELOOP else { return nil }
        var target = [UInt8](repeating: 0, count: 4096)
        let count = target.withUnsafeMutableBytes { buffer in
            name.withCString { name in
                buffer.baseAddress.map { readlinkat(directory, name, $0, buffer.count) } ?? 0
            }
        }
        guard count > 0, count < target.count else { return nil }
        let bytes = Array(target.prefix(count))
        guard !bytes.contains(0x2f), bytes.first != 0x2e else { return nil }
        return openNext(directory, bytes, followsLink: false)
    }

    /// The names that are served of an open directory, with what each is, in the order of their bytes.
    static func entries(of directory: borrowing Descriptor) -> [(name: BytePath, status: FileStatus)] {
        let names = ((try? DirectoryReader.names(in: directory.number)) ?? []).sorted()
        return names.compactMap { name in
            guard let status = FileStatus(at: name, in: directory.number), name.bytes.first != 0x2e,
                let number = openNext(directory.number, name.bytes, followsLink: true)
            else { return nil }
            let file = Descriptor(owning: number)
            guard let found = FileStatus(of: file.number), isServed(found) else { return nil }
            return (name, status)
        }
    }

    /// The digests of all files of a directory, as sha256sum(1) writes them; computed once for each file.
    ///
    /// - Parameter directory: The directory, whose files are read from their beginning to their end.
    /// - Returns: A line for each file that everyone may read.
    func checksums(of directory: borrowing Descriptor) -> [UInt8] {
        var text = ""
        for (name, status) in Self.entries(of: directory) where status.kind == .regular {
            // A newline or a backslash in a name has a form of its own, and no output has one.
            guard status.mode & 0o004 != 0, !name.string.contains(where: { $0.isNewline || $0 == "\\" }) else {
                continue
            }
            guard let number = Self.openNext(directory.number, Array(name.string.utf8), followsLink: false) else {
                continue
            }
            let file = Descriptor(owning: number)
            let identity = Identity(
                device: status.device,
                inode: status.inode,
                size: status.size,
                modified: status.modified
            )
            if let digest = digests.withLock({ $0[identity] }) ?? Self.digest(of: file) {
                digests.withLock { $0[identity] = digest }
                text += "\(digest) *\(name.string)\n"
            }
        }
        return Array(text.utf8)
    }

    private static func digest(of file: borrowing Descriptor) -> String? {
        do {
            var digest = try Digest()
            _ = try digest.update(descriptor: file.number)
            return digest.finish()
        } catch {
            return nil
        }
    }
}
