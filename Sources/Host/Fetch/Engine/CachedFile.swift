internal import CFiles
internal import Crypto
internal import FetchWire
internal import Glibc
import System

/// The check of a file that is in the cache already.
///
/// There is no record of earlier checks: hashing 100 MB costs 60 ms, less than a wrong record would cost once.
enum CachedFile {
    enum State: Sendable, Equatable {
        case missing
        /// It is what it has to be.
        case good(bytes: Int, sha256: String?)
        /// It is something else, as the sentence says.
        case wrong(String)
        /// The copy of it cannot be written.
        case failed(FetchFailure)
    }

    static func check(_ item: FetchItem) -> State {
        let descriptor = mkosi_file_open(item.path, O_RDONLY | O_NONBLOCK, 0)
        guard descriptor >= 0 else {
            let number = errno
            return number == ENOENT
                ? .missing : .wrong("cannot open \(item.path): \(String(cString: strerror(number)))")
        }
        defer { close(descriptor) }
        guard let status = FileStatus(of: descriptor), status.kind == .regular else {
            return .wrong("\(item.path) is not a regular file")
        }
        let size = status.size
        if let expected = item.size, expected != size {
            return .wrong("\(item.path) has \(size) bytes instead of \(expected)")
        }
        guard let expected = item.sha256 else {
            return item.size == nil ? .missing : .good(bytes: size, sha256: nil)
        }
        do {
            let actual = try item.copy.map { try FileCopy.make($0, of: descriptor) } ?? digest(of: descriptor)
            if actual == expected.lowercased() { return .good(bytes: size, sha256: actual) }
            if let copy = item.copy { unlink(copy) }
            return .wrong("\(item.path) has the SHA-256 digest \(actual) instead of \(expected)")
        } catch let failure as FetchFailure {
            return .failed(failure)
        } catch {
            return .wrong("\(item.path): \(error)")
        }
    }

    private static func digest(of descriptor: Int32) throws -> String {
        var digest = try Digest()
        _ = try digest.update(descriptor: descriptor)
        return digest.finish()
    }
}
