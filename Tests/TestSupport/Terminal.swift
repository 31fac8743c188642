import CTestSupport
import Execution
import Glibc
import Support
import System

/// A program on a terminal of its own, for tests that type and read as a person does.
public final class Terminal {
    private let master: CInt
    private var child: ChildProcess
    /// Everything that the program wrote so far, without the sequences that only move the cursor or colour the text.
    public private(set) var screen = ""
    private var bytes: [UInt8] = []

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

    private func readSome() {
        var chunk = [UInt8](repeating: 0, count: 1 << 16)
        let count = read(master, &chunk, chunk.count)
        guard count > 0 else { return }
        bytes += chunk[..<count]
        // A shell that asks which terminal this is waits for the answer.
        if String(decoding: chunk[..<count], as: UTF8.self).contains("\u{1b}[c") { type("\u{1b}[?62;c") }
        screen = Self.withoutControls(bytes)
    }

    private static func withoutControls(_ bytes: [UInt8]) -> String {
        var text: [UInt8] = []
        var rest = bytes[...]
        while let byte = rest.popFirst() {
            guard byte == 0x1b else {
                if byte == 0x0a || byte >= 0x20 { text.append(byte) }
                continue
            }
            switch rest.popFirst() {
            case UInt8(ascii: "["): while let next = rest.popFirst(), !(0x40...0x7e).contains(next) {}
            case UInt8(ascii: "]"): while let next = rest.popFirst(), next != 7, next != 0x1b {}
            case UInt8(ascii: "("), UInt8(ascii: ")"): rest = rest.dropFirst()
            default: break
            }
        }
        return String(decoding: text, as: UTF8.self)
    }
}
