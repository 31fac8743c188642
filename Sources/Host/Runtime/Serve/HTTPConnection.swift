import Glibc
import System

/// A client: what it has sent, and what it still gets.
final class HTTPConnection {
    let socket: Descriptor
    private var received: [UInt8] = []
    private var head: ArraySlice<UInt8> = []
    private var file: Descriptor?
    private var rest: Range<Int> = 0..<0
    private(set) var state = State.reading
    private var staysOpen = true
    /// The time at which the client is given up, unless something happens before.
    private(set) var deadline: ContinuousClock.Instant
    /// The time at which the client began with its request, or with the piece of the answer that it is taking.
    private(set) var since = ContinuousClock.now

    enum State {
        /// A request is awaited, or on its way.
        case reading
        /// The answer is computed.
        case waiting
        case writing
        case closed
    }

    /// The time that a client may take for its request, and for taking a piece of the answer.
    static let patience: Duration = .seconds(30)
    /// Bytes that are read of a file at a time.
    private static let block = 256 << 10

    init(_ socket: consuming Descriptor) {
        self.socket = socket
        deadline = .now + Self.patience
    }

    /// The events of poll(2) that the connection waits for.
    var events: CInt {
        switch state {
        case .reading: POLLIN
        case .writing: POLLOUT
        case .waiting, .closed: 0
        }
    }

    /// Reads what is there; returns the head of a request as soon as it is complete.
    func read() -> [UInt8]? {
        var chunk = [UInt8](repeating: 0, count: HTTPRequest.limit)
        let count = recv(socket.number, &chunk, chunk.count, 0)
        if count < 0, errno == EAGAIN || errno == EINTR { return nil }
        guard count > 0 else {
            state = .closed
            return nil
        }
        received += chunk[..<count]
        return nextHead()
    }

    /// The next complete head of what was received.
    ///
    /// A head that is too long comes as it is, for the error.
    func nextHead() -> [UInt8]? {
        // A client may send empty lines before a request.
        received.removeFirst(received.prefix { $0 == 0x0d || $0 == 0x0a }.count)
        var end: Int?
        for index in received.indices where received[index] == 0x0a {
            let next = received[(index + 1)...]
            if next.first == 0x0a { end = index + 2 }
            if next.starts(with: [0x0d, 0x0a]) { end = index + 3 }
            if end != nil { break }
        }
        guard let end else { return received.count > HTTPRequest.limit ? received : nil }
        let head = Array(received[..<end])
        received.removeFirst(end)
        return head
    }

    /// Waits for an answer that is computed elsewhere.
    func await() { state = .waiting }

    /// Begins to send an answer.
    func begin(_ answer: consuming HTTPAnswer, withBody: Bool, staysOpen: Bool, time: Int) {
        self.staysOpen = staysOpen
        head = answer.head(staysOpen: staysOpen, time: time)[...]
        if withBody, answer.status != 304 {
            head += answer.body
            rest = answer.part
            file = answer.file.take()
        }
        state = .writing
        since = .now
        deadline = since + Self.patience
    }

    /// Sends what the client takes; returns true when the answer is complete and another request may follow.
    func write() -> Bool {
        while true {
            if head.isEmpty, !fill() { return finish() }
            let count = head.withUnsafeBytes { send(socket.number, $0.baseAddress, $0.count, CInt(MSG_NOSIGNAL)) }
            if count < 0 {
                if errno == EINTR { continue }
                if errno != EAGAIN { state = .closed }
                return false
            }
            head = head.dropFirst(count)
            deadline = .now + Self.patience
            if head.isEmpty { since = .now }
            // Others have their turn between two pieces of a large file.
            if head.isEmpty, !rest.isEmpty { return false }
        }
    }

    /// Reads the next piece of the file; returns false at its end.
    private func fill() -> Bool {
        guard let number = file?.number, !rest.isEmpty else { return false }
        let size = min(Self.block, rest.count)
        var chunk = [UInt8](repeating: 0, count: size)
        let count = pread(number, &chunk, size, off_t(rest.lowerBound))
        guard count > 0 else {
            // The file has become shorter: only the end of the connection says so.
            staysOpen = false
            return false
        }
        head = chunk[..<count]
        rest = rest.lowerBound + count..<rest.upperBound
        return true
    }

    private func finish() -> Bool {
        file = nil
        rest = 0..<0
        state = staysOpen ? .reading : .closed
        since = .now
        deadline = since + Self.patience
        return staysOpen
    }

    func end() { state = .closed }
}
