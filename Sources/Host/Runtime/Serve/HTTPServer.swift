public import Execution
import Glibc
public import Support
import System

/// A server of the files of one directory, for clients that fetch images: `GET`, `HEAD`, ranges and listings.
///
/// One thread serves all clients; digests are computed by others.
public final class HTTPServer {
    private let directory: ServedDirectory
    private let listener: ListeningSocket
    private let log: (String) -> Void
    private var connections: [CInt: HTTPConnection] = [:]
    private let wake: Pipe
    private let results = Monitor<[Result]>([])
    private let computing = Monitor(0)
    /// The port that it listens on.
    public let port: Int

    /// The digests for a client that waits for them.
    private struct Result: Sendable {
        var client: CInt
        var identity: ObjectIdentifier
        var bytes: [UInt8]
        var withBody: Bool
        var staysOpen: Bool
    }

    /// More clients take the place of those that have not sent a request, or that take an answer most slowly.
    private static let limit = 512

    /// - Parameters:
    ///   - path: The directory.
    ///   - port: 0 for any that is free.
    ///   - log: Gets a line for each request.
    /// - Throws: one sentence where the directory cannot be opened, or where the port is taken.
    public init(serving path: String, port: Int, log: @escaping (String) -> Void) throws(Failure) {
        let directory = try ServedDirectory(path)
        let listener = try ListeningSocket.open(port)
        do throws(SystemCallError) {
            wake = try Descriptor.pipe()
        } catch {
            throw Failure(.system, "Cannot serve \(path)", cause: error)
        }
        wake.reader.setNonBlocking()
        wake.writer.setNonBlocking()
        self.directory = directory
        self.port = listener.port
        self.listener = listener
        self.log = log
    }

    /// Serves until it is cancelled.
    public func run(cancellation: Cancellation) {
        while !cancellation.isCancelled {
            var entries = [
                pollfd(fd: cancellation.descriptor, events: Int16(POLLIN), revents: 0),
                pollfd(fd: wake.reader.number, events: Int16(POLLIN), revents: 0),
                pollfd(fd: listener.number, events: Int16(POLLIN), revents: 0),
            ]
            entries += connections.map { pollfd(fd: $0.key, events: Int16($0.value.events), revents: 0) }
            _ = poll(&entries, nfds_t(entries.count), 1000)
            if entries[1].revents != 0 { deliver() }
            if entries[2].revents != 0 { accept() }
            for entry in entries.dropFirst(3) where entry.revents != 0 {
                if let connection = connections[entry.fd] { advance(connection, entry.revents) }
            }
            let now = ContinuousClock.now
            connections = connections.filter { _, connection in
                if case .closed = connection.state { return false }
                if case .waiting = connection.state { return true }
                return connection.deadline > now
            }
        }
    }

    private func accept() {
        while true {
            let number = Glibc.accept(listener.number, nil, nil)
            guard number >= 0 else { return }
            if connections.count >= Self.limit, let idlest { connections[idlest] = nil }
            let socket = Descriptor(owning: number)
            _ = fcntl(number, F_SETFD, FD_CLOEXEC)
            _ = fcntl(number, F_SETFL, fcntl(number, F_GETFL) | O_NONBLOCK)
            connections[number] = HTTPConnection(socket)
        }
    }

    /// The client that has been idle for longest, or else takes a piece for longest: it must not keep others waiting.
    private var idlest: CInt? {
        let reading = connections.filter { if case .reading = $0.value.state { true } else { false } }
        return (reading.isEmpty ? connections : reading).min { $0.value.since < $1.value.since }?.key
    }

    private func advance(_ connection: HTTPConnection, _ events: Int16) {
        switch connection.state {
        case .reading:
            if let head = connection.read() { answer(head, connection) }
        case .writing:
            // Requests that came together are answered one after the other.
            if connection.write(), let head = connection.nextHead() { answer(head, connection) }
        case .waiting, .closed:
            if CInt(events) & (POLLHUP | POLLERR) != 0 { connection.end() }
        }
    }

    private func answer(_ head: [UInt8], _ connection: HTTPConnection) {
        let request: HTTPRequest
        do throws(HTTPRequest.Refusal) {
            guard head.count <= HTTPRequest.limit else { throw HTTPRequest.Refusal(status: 431) }
            request = try HTTPRequest(head)
        } catch {
            log("\(error.status) \(HTTPAnswer.reason(error.status))")
            // Where the next request begins is not known any more.
            connection.begin(.plain(error.status), withBody: true, staysOpen: false, time: Glibc.time(nil))
            return
        }
        guard let answer = answer(request, connection) else { return }
        log("\(answer.status) \(request.method == .get ? "GET" : "HEAD") \(request.target)")
        connection.begin(
            answer,
            withBody: request.method == .get,
            staysOpen: request.staysOpen,
            time: Glibc.time(nil)
        )
    }

    /// The answer, or nil if it is computed elsewhere.
    private func answer(_ request: HTTPRequest, _ connection: HTTPConnection) -> HTTPAnswer? {
        switch directory.open(request.path) {
        case .file(let file, let status):
            return request.endsWithSlash ? .plain(404) : .file(file, status, for: request)
        case .directory(let opened):
            if request.endsWithSlash { return .listing(of: opened, title: request.target) }
            var answer = HTTPAnswer.plain(301)
            // A line break cannot be in it: a target with one is refused.
            answer.fields.append(("Location", "\(request.target)/"))
            return answer
        case .refused: return .plain(403)
        case .missing: break
        }
        guard request.path.last == ServedDirectory.checksums, !request.endsWithSlash,
            case .directory(let opened) = directory.open(request.path.dropLast())
        else { return .plain(404) }
        return compute(opened, request, connection) ? nil : .plain(503)
    }

    /// Computes digests in a thread of their own; returns false if there are enough threads already.
    private func compute(
        _ opened: consuming Descriptor,
        _ request: HTTPRequest,
        _ connection: HTTPConnection
    ) -> Bool {
        guard computing.withLock({ $0 < 4 }) else { return false }
        let number = opened.release()
        var result = Result(
            client: connection.socket.number,
            identity: ObjectIdentifier(connection),
            bytes: [],
            withBody: request.method == .get,
            staysOpen: request.staysOpen
        )
        let (directory, results, computing, writer) = (directory, results, computing, wake.writer.number)
        computing.withLock { $0 += 1 }
        let thread = try? WorkerThread { [result] in
            var result = result
            result.bytes = directory.checksums(of: Descriptor(owning: number))
            results.withLock { $0.append(result) }
            computing.withLock { $0 -= 1 }
            var byte: UInt8 = 1
            _ = Glibc.write(writer, &byte, 1)
        }
        if thread == nil {
            computing.withLock { $0 -= 1 }
            close(number)
            return false
        }
        result.bytes = []
        log("200 \(result.withBody ? "GET" : "HEAD") \(request.target)")
        connection.await()
        return true
    }

    private func deliver() {
        _ = try? wake.reader.read(upTo: 64)
        let ready = results.withLock { results in
            defer { results = [] }
            return results
        }
        for result in ready {
            guard let connection = connections[result.client], ObjectIdentifier(connection) == result.identity,
                case .waiting = connection.state
            else { continue }
            var answer = HTTPAnswer(200)
            answer.fields.append(("Content-Type", "text/plain; charset=utf-8"))
            answer.body = result.bytes
            connection.begin(answer, withBody: result.withBody, staysOpen: result.staysOpen, time: Glibc.time(nil))
        }
    }
}
