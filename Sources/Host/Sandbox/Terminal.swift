internal import CShims
internal import Glibc
internal import System

/// A pseudo-terminal for the command, and the user's terminal that it is connected to.
///
/// A command that has the user's own terminal could put keys into its input, which the user's shell would read when the
/// sandbox is gone. So the command gets one of its own, and only what is typed and what is printed passes.
final class Terminal {
    /// The command's end.
    let slave: Int32
    /// The name of that end on the host.
    let name: String
    private let master: Int32
    private let signals: Int32
    private var settings = termios()
    private var isRaw = false
    /// The input that was typed and is not taken yet.
    private var typed: ArraySlice<UInt8> = []
    private var hasInput = true

    /// The standard streams that are terminals, and so become the command's own.
    static var streams: [Int32] { [STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO].filter { isatty($0) == 1 } }

    /// A terminal for an interactive command: nil unless both input and output are the user's terminal.
    init?(signals: [Int32]) throws(SandboxError) {
        guard isatty(STDIN_FILENO) == 1, isatty(STDOUT_FILENO) == 1 else { return nil }
        var ends: (master: Int32, slave: Int32) = (-1, -1)
        try SystemCall.check(
            mkosi_open_terminal(STDIN_FILENO, &ends.master, &ends.slave),
            "open",
            "/dev/ptmx",
            while: "Cannot create a terminal for the command"
        )
        (master, slave) = ends
        var buffer = [CChar](repeating: 0, count: 64)
        _ = mkosi_terminal_name(master, &buffer, Int32(buffer.count))
        name = String(decoding: buffer.prefix { $0 != 0 }.map(UInt8.init(bitPattern:)), as: UTF8.self)
        self.signals = try SystemCall.check(
            mkosi_signal_descriptor(signals, Int32(signals.count)),
            "signalfd",
            while: "Cannot wait for signals"
        )
    }

    /// In the command's process: makes the terminal its own, in a session of its own.
    func take() throws(SandboxError) {
        let streams = Self.streams
        try SystemCall.check(mkosi_take_terminal(slave), "ioctl", name, while: "Cannot take the terminal")
        for stream in streams { dup2(slave, stream) }
    }

    /// In the process outside: begins to pass keys on.
    func begin() throws(SandboxError) {
        close(slave)
        try SystemCall.check(
            mkosi_make_raw(STDIN_FILENO, &settings),
            "tcsetattr",
            while: "Cannot connect the terminal of the command"
        )
        isRaw = true
    }

    /// Gives the user's terminal back, after what the command has printed to the end.
    func end() {
        while show() {}
        guard isRaw else { return }
        _ = mkosi_restore_terminal(STDIN_FILENO, &settings)
        isRaw = false
    }

    /// The descriptors that the process outside needs.
    var descriptors: [Int32] { [master, signals] }

    func resize() {
        _ = mkosi_copy_size(STDIN_FILENO, master)
    }

    /// Passes on what is typed and printed until a signal is pending or the time is over; true for a signal.
    func pass(timeout: Int32) -> Bool {
        let end = Self.milliseconds() + Int(timeout)
        while true {
            let rest = timeout < 0 ? -1 : Int32(max(0, end - Self.milliseconds()))
            let wantsInput = hasInput && typed.isEmpty
            var entries = [
                pollfd(fd: signals, events: Int16(POLLIN), revents: 0),
                pollfd(fd: master, events: Int16(typed.isEmpty ? POLLIN : POLLIN | POLLOUT), revents: 0),
                pollfd(fd: wantsInput ? STDIN_FILENO : -1, events: Int16(POLLIN), revents: 0),
            ]
            let count = poll(&entries, nfds_t(entries.count), rest)
            if count < 0, errno == EINTR { continue }
            if count <= 0 { return false }
            if entries[0].revents != 0 { return true }
            // Before a program has opened the other end, and after the last has closed it, there is a hang-up only.
            if entries[1].revents & Int16(POLLIN) != 0 {
                _ = show()
            } else if entries[1].revents & Int16(POLLHUP) != 0 {
                usleep(10_000)
            }
            if entries[2].revents != 0 { readKeys() }
            sendKeys()
        }
    }

    private static func milliseconds() -> Int {
        var now = timespec()
        clock_gettime(CLOCK_MONOTONIC, &now)
        return now.tv_sec * 1000 + now.tv_nsec / 1_000_000
    }

    private func readKeys() {
        var buffer = [UInt8](repeating: 0, count: 4096)
        let count = read(STDIN_FILENO, &buffer, buffer.count)
        if count > 0 {
            typed = buffer[..<count]
        } else if count == 0 || errno != EINTR {
            hasInput = false
        }
    }

    private func sendKeys() {
        guard !typed.isEmpty else { return }
        let count = typed.withUnsafeBytes { write(master, $0.baseAddress, $0.count) }
        if count > 0 { typed = typed.dropFirst(count) }
        if count < 0, errno != EAGAIN, errno != EINTR { typed = [] }
    }

    /// Shows what was printed; false when there is nothing more at the moment.
    private func show() -> Bool {
        var buffer = [UInt8](repeating: 0, count: 16384)
        let count = read(master, &buffer, buffer.count)
        guard count > 0 else { return count < 0 && errno == EINTR }
        var rest = buffer[..<count]
        while !rest.isEmpty {
            let written = rest.withUnsafeBytes { write(STDOUT_FILENO, $0.baseAddress, $0.count) }
            guard written > 0 || errno == EINTR else { return false }
            rest = rest.dropFirst(max(0, written))
        }
        return true
    }
}
