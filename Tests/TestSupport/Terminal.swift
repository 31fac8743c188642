import CTestSupport
import Execution
import Glibc
import Support
import System

/// A program on a terminal of its own, for tests that type and read as a person does.
public final class Terminal {
    private let master: CInt
    private var child: ChildProcess
    /// All that the program has written since `forget()`, without the sequences that only move the cursor or colour the text.
    public private(set) var screen = ""
    private var text: [UInt8] = []
    /// What was read and not yet looked at: the beginning of a sequence.
    private var rest: [UInt8] = []

    /// Starts a program; it sees a terminal of 160 columns and 60 lines.
    public init(_ arguments: [String], environment: [String], in directory: String) throws {
        guard let program = Paths.findProgram("setsid") else { throw Failure(.missing, "There is no program setsid") }
        var master: CInt = -1
        var slave: CInt = -1
        var size = winsize(ws_row: 60, ws_col: 160, ws_xpixel: 0, ws_ypixel: 0)
        try systemCall("openpty") { openpty(&master, &slave, nil, nil, &size) }
        defer { close(slave) }
        _ = fcntl(master, F_SETFD, FD_CLOEXEC)
        _ = fcntl(master, F_SETFL, O_NONBLOCK)
        self.master = master
        // The terminal has to be the one that controls the session, or shells turn interactive features off.
        var plan = ChildProcess.Plan(
            path: program,
            arguments: ["--ctty", "--wait"] + arguments,
            environment: environment + ["TERM=xterm"],
            descriptors: [slave, slave, slave]
        )
        plan.workingDirectory = directory
        do {
            child = try ChildProcess(plan)
        } catch {
            close(master)
            throw error
        }
    }

    deinit { close(master) }

    /// Types keys; `\t` is Tab and `\r` is Enter.
    public func type(_ keys: String) {
        var rest = Array(keys.utf8)[...]
        while !rest.isEmpty {
            let done = rest.withUnsafeBytes { write(master, $0.baseAddress, $0.count) }
            if done < 0, errno != EAGAIN, errno != EINTR { return }
            rest = rest.dropFirst(max(0, done))
        }
    }

    /// Reads until the screen holds all of these texts; false when that does not happen in time.
    public func waits(for texts: [String], seconds: Double = 30) -> Bool {
        let end = ContinuousClock.now + .seconds(seconds)
        while ContinuousClock.now < end {
            if texts.allSatisfy({ screen.contains($0) }) { return true }
            var entry = pollfd(fd: master, events: Int16(POLLIN), revents: 0)
            _ = poll(&entry, 1, 100)
            readSome()
        }
        return texts.allSatisfy { screen.contains($0) }
    }

    /// Makes the screen empty, for texts that have been there before.
    public func forget() {
        text = []
        screen = ""
    }

    private func readSome() {
        var chunk = [UInt8](repeating: 0, count: 1 << 16)
        let count = read(master, &chunk, chunk.count)
        guard count > 0 else { return }
        rest += chunk[..<count]
        // A shell that asks which terminal this is waits for the answer.
        if String(decoding: chunk[..<count], as: UTF8.self).contains("\u{1b}[c") { type("\u{1b}[?62;c") }
        var index = 0
        while index < rest.count, let end = Self.end(of: index, in: rest) {
            let byte = rest[index]
            if byte == 0x0a || byte >= 0x20 { text.append(byte) }
            index = end
        }
        rest.removeFirst(index)
        screen = String(decoding: text, as: UTF8.self)
    }

    /// The index after a byte, or after the sequence that it begins; nil if that is not complete.
    private static func end(of start: Int, in bytes: [UInt8]) -> Int? {
        guard bytes[start] == 0x1b else { return start + 1 }
        guard start + 1 < bytes.count else { return nil }
        let content = bytes[(start + 2)...]
        switch bytes[start + 1] {
        case UInt8(ascii: "["): return content.firstIndex { (0x40...0x7e).contains($0) }.map { $0 + 1 }
        case UInt8(ascii: "]"): return content.firstIndex { $0 == 7 || $0 == 0x1b }.map { $0 + 1 }
        case UInt8(ascii: "("), UInt8(ascii: ")"): return content.isEmpty ? nil : start + 3
        default: return start + 2
        }
    }
}
