internal import CFiles
internal import Crypto
internal import Glibc
internal import System

/// A file on its way into the cache: `NAME.part`, locked against other runs, with the digest of what it holds.
///
/// It stays when the program is ended, so that the next run goes on where this one stopped.
final class PartFile {
    /// The path of the file when it is whole.
    let path: String
    let partPath: String
    let descriptor: Int32
    /// Bytes that it holds.
    private(set) var size = 0
    /// Bytes that it had before this run began to write.
    private(set) var resumed = 0
    private var digest: Digest?

    private init(path: String, descriptor: Int32) {
        self.path = path
        partPath = "\(path).part"
        self.descriptor = descriptor
    }

    deinit {
        // Gives up the lock as well.
        close(descriptor)
    }

    /// Opens and locks it; nil when another run has it and `waits` is false.
    static func open(for path: String, waits: Bool) throws(FetchFailure) -> PartFile? {
        let partPath = "\(path).part"
        while true {
            let descriptor = mkosi_file_open(partPath, O_RDWR | O_CREAT | O_NOFOLLOW, 0o644)
            guard descriptor >= 0 else { throw FetchFailure(cannot: "create", partPath) }
            let file = PartFile(path: path, descriptor: descriptor)
            // LOCK_EX 2, LOCK_NB 4 (<sys/file.h>).
            while mkosi_lock(descriptor, waits ? 2 : 6) != 0 {
                if errno == EINTR { continue }
                if errno == EWOULDBLOCK { return nil }
                throw FetchFailure(cannot: "lock", partPath)
            }
            // The other run may have moved or removed the file that this one waited for.
            if let mine = FileStatus(of: descriptor), let named = FileStatus(at: partPath), mine.isSameFile(as: named) {
                file.size = mine.size
                return file
            }
        }
    }

    /// Reads what an earlier run left, or drops it where it cannot be used.
    func resume(expectedSize: Int?, hasDigest: Bool) throws(FetchFailure) {
        // Without a digest a mismatch of the two parts would not be detected.
        guard hasDigest, size > 0, size <= expectedSize ?? size else { return try restart() }
        do {
            var digest = try Digest()
            guard lseek(descriptor, 0, SEEK_SET) == 0 else { throw FetchFailure(cannot: "read", partPath) }
            size = try digest.update(descriptor: descriptor)
            resumed = size
            self.digest = consume digest
        } catch let failure as FetchFailure {
            throw failure
        } catch {
            throw FetchFailure("\(partPath): \(error)", remedy: .none)
        }
    }

    /// Drops everything that it holds.
    func restart() throws(FetchFailure) {
        guard ftruncate(descriptor, 0) == 0, lseek(descriptor, 0, SEEK_SET) == 0 else {
            throw FetchFailure(cannot: "write", partPath)
        }
        size = 0
        resumed = 0
        do {
            digest = try Digest()
        } catch {
            throw FetchFailure(error.message, remedy: .none)
        }
    }

    /// Appends bytes.
    func append(_ bytes: UnsafeRawBufferPointer) throws(FetchFailure) {
        var rest = bytes
        while !rest.isEmpty {
            let written = pwrite(descriptor, rest.baseAddress, rest.count, size)
            if written < 0 {
                if errno == EINTR { continue }
                throw FetchFailure(cannot: "write", partPath)
            }
            digest?.update(UnsafeRawBufferPointer(rebasing: rest[..<written]))
            size += written
            rest = UnsafeRawBufferPointer(rebasing: rest[written...])
        }
    }

    /// Fills it with a copy of an open file, sharing blocks where the file system can.
    func copy(from source: Int32) throws(FetchFailure) {
        try restart()
        do throws(SystemCallError) {
            try Files.copyAll(from: source, to: descriptor, partPath)
        } catch {
            throw FetchFailure(cannot: "write", partPath, number: error.errno)
        }
        guard let status = FileStatus(of: descriptor) else { throw FetchFailure(cannot: "read", partPath) }
        size = status.size
        try resume(expectedSize: nil, hasDigest: true)
    }

    /// The digest of what it holds; nothing can be appended afterwards without a restart.
    func finishDigest() -> String {
        guard let digest = digest.take() else { return "" }
        return digest.finish()
    }

    /// Removes it where it has nothing for a later attempt.
    func removeIfEmpty() {
        if size == 0 { unlink(partPath) }
    }

    /// Gives it its final name.
    func moveIntoPlace() throws(FetchFailure) {
        guard rename(partPath, path) == 0 else { throw FetchFailure(cannot: "create", path) }
    }
}
