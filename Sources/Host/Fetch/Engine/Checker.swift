internal import CFiles
internal import FetchWire
internal import Glibc
internal import Synchronization
internal import System

/// Two threads that read and copy local files while the main thread talks to servers.
///
/// Results come through a pipe's descriptor, so that one poll(2) waits for them and for the network.
final class Checker: Sendable {
    struct Job: Sendable {
        var index: Int
        var item: FetchItem
        /// The file to copy; absent: check what is in the cache.
        var source: FetchURL?
    }

    enum Outcome: Sendable {
        case checked(CachedFile.State)
        case copied(bytes: Int, sha256: String)
        case failed(FetchFailure)
    }

    private struct State {
        var jobs: [Job] = []
        var results: [(index: Int, outcome: Outcome)] = []
        var threads = 0
    }

    private static let threads = 2

    private let state = Mutex(State())
    /// One byte for each job.
    private let jobPipe: (read: Int32, write: Int32)
    /// One byte, or more, when there are results.
    private let resultPipe: (read: Int32, write: Int32)

    /// Readable when `takeResults` has something.
    var descriptor: Int32 { resultPipe.read }

    init() throws(FetchFailure) {
        jobPipe = try Self.makePipe()
        resultPipe = try Self.makePipe()
        _ = fcntl(resultPipe.read, F_SETFL, O_NONBLOCK)
        _ = fcntl(resultPipe.write, F_SETFL, O_NONBLOCK)
    }

    private static func makePipe() throws(FetchFailure) -> (read: Int32, write: Int32) {
        do throws(SystemCallError) {
            let ends = try Descriptor.pipe().release()
            return (ends.reader, ends.writer)
        } catch {
            throw FetchFailure(cannot: "create", "a pipe", number: error.errno)
        }
    }

    /// Hands a job to the next thread that is free.
    func submit(_ job: Job) {
        let starts = state.withLock { state -> Bool in
            state.jobs.append(job)
            guard state.threads < min(Self.threads, state.jobs.count) else { return false }
            state.threads += 1
            return true
        }
        if starts { startThread() }
        var byte: UInt8 = 0
        while write(jobPipe.write, &byte, 1) < 0, errno == EINTR {}
    }

    /// Returns the results since the last call.
    func takeResults() -> [(index: Int, outcome: Outcome)] {
        var buffer = [UInt8](repeating: 0, count: 512)
        while read(resultPipe.read, &buffer, buffer.count) > 0 {}
        return state.withLock { state in
            let results = state.results
            state.results.removeAll()
            return results
        }
    }

    /// Ends the threads after the job that each has.
    func stop() {
        state.withLock { $0.jobs.removeAll() }
        close(jobPipe.write)
    }

    private func startThread() {
        // The thread holds a reference to the checker for as long as it runs.
        guard (try? WorkerThread { self.work() }) == nil else { return }
        // No thread to be had: the work is done here, later than it could be but done.
        workOnce()
    }

    private func work() {
        var byte: UInt8 = 0
        while true {
            let got = read(jobPipe.read, &byte, 1)
            if got < 0, errno == EINTR { continue }
            if got <= 0 { return }
            workOnce()
        }
    }

    private func workOnce() {
        guard let job = state.withLock({ $0.jobs.isEmpty ? nil : $0.jobs.removeFirst() }) else { return }
        let outcome: Outcome
        if let source = job.source {
            outcome = Self.copy(job.item, from: source)
        } else {
            outcome = .checked(CachedFile.check(job.item))
        }
        state.withLock { $0.results.append((job.index, outcome)) }
        var byte: UInt8 = 0
        _ = write(resultPipe.write, &byte, 1)
    }

    /// Copies a local file into the cache.
    private static func copy(_ item: FetchItem, from source: FetchURL) -> Outcome {
        let name = item.fileName
        let descriptor = mkosi_file_open(source.path, O_RDONLY | O_NONBLOCK, 0)
        guard descriptor >= 0 else {
            let reason = String(cString: strerror(errno))
            return .failed(FetchFailure("cannot open \(source.path) to copy \(name): \(reason)", remedy: .otherURL))
        }
        defer { close(descriptor) }
        guard let status = FileStatus(of: descriptor), status.kind == .regular else {
            return .failed(FetchFailure("\(source.path) is not a regular file", remedy: .otherURL))
        }
        if let expected = item.size, expected != status.size {
            return .failed(.size(name, from: source.shown, is: "\(status.size)", expected: expected))
        }
        do {
            guard let part = try PartFile.open(for: item.path, waits: true) else {
                return .failed(FetchFailure("cannot lock \(item.path).part", remedy: .none))
            }
            // Another run may have brought it while this one waited.
            switch CachedFile.check(item) {
            case .good(let bytes, let digest):
                unlink(part.partPath)
                return .checked(.good(bytes: bytes, sha256: digest))
            case .failed(let failure): return .failed(failure)
            case .missing, .wrong: break
            }
            try part.copy(from: descriptor)
            let digest = part.finishDigest()
            if let expected = item.sha256, digest != expected.lowercased() {
                unlink(part.partPath)
                return .failed(.digest(name, from: source.shown, is: digest, expected: expected))
            }
            try part.moveIntoPlace()
            return .copied(bytes: part.size, sha256: digest)
        } catch {
            return .failed(error)
        }
    }
}

extension FetchItem {
    /// The last component of the path, for messages.
    var fileName: String { Paths.name(path) }
}
