internal import CShims
internal import Glibc
internal import System

/// Finds what opens a key: a credential of the service that builds, or the answer of a person at the terminal.
enum Passphrase {
    /// The name of the credential (systemd.exec(5), Credentials).
    private static let credential = "mkosi.key-passphrase"
    private static let longest = 1024

    /// - Parameter name: The key, for the question.
    /// - Returns: The pass phrase or PIN; nil if there is neither a credential nor a terminal.
    static func find(for name: String) -> [UInt8]? {
        if let directory = getenv("CREDENTIALS_DIRECTORY").map({ String(cString: $0) }),
            let bytes = try? Files.read("\(directory)/\(credential)", limit: longest)
        {
            return bytes.last == UInt8(ascii: "\n") ? bytes.dropLast() : bytes
        }
        // The name of a directory on the way to it may have been chosen by someone else.
        return ask("Pass phrase of the key \(printable(name)): ")
    }

    /// The signals that the terminal, or whoever ends this program, may send while it waits for the answer.
    private static let signals = [SIGINT, SIGQUIT, SIGTERM, SIGHUP, SIGTSTP]

    /// Asks without showing what is typed; a signal takes effect once the terminal shows again what is typed.
    private static func ask(_ question: String) -> [UInt8]? {
        guard let terminal = try? Descriptor.open("/dev/tty", O_RDWR | O_NOCTTY) else { return nil }
        while true {
            switch attempt(question, terminal) {
            case .answer(let answer): return answer
            // A stopped program that goes on asks again, and so does one that ignores the signal.
            case .interrupted: continue
            }
        }
    }

    private enum Attempt {
        case answer([UInt8]?)
        case interrupted
    }

    private static func attempt(_ question: String, _ terminal: borrowing Descriptor) -> Attempt {
        var (blocked, before) = (sigset_t(), sigset_t())
        sigemptyset(&blocked)
        for signal in signals { sigaddset(&blocked, signal) }
        pthread_sigmask(SIG_BLOCK, &blocked, &before)
        // What came in the meantime is delivered here, after the terminal has its settings back.
        defer { pthread_sigmask(SIG_SETMASK, &before, nil) }
        let number = mkosi_signal_descriptor(signals, Int32(signals.count))
        var settings = termios()
        guard number >= 0, tcgetattr(terminal.number, &settings) == 0 else { return .answer(nil) }
        let arrivals = Descriptor(owning: number)
        var silent = settings
        silent.c_lflag &= ~tcflag_t(ECHO)
        silent.c_lflag |= tcflag_t(ICANON)
        tcsetattr(terminal.number, TCSAFLUSH, &silent)
        defer {
            tcsetattr(terminal.number, TCSAFLUSH, &settings)
            try? terminal.write(Array("\n".utf8))
        }
        guard (try? terminal.write(Array(question.utf8))) != nil else { return .answer(nil) }
        var waits = [
            pollfd(fd: terminal.number, events: Int16(POLLIN), revents: 0),
            pollfd(fd: arrivals.number, events: Int16(POLLIN), revents: 0),
        ]
        while poll(&waits, nfds_t(waits.count), -1) < 0 {
            if errno != EINTR { return .answer(nil) }
        }
        if waits[1].revents != 0 { return .interrupted }
        var answer = [UInt8](repeating: 0, count: longest)
        let count = read(terminal.number, &answer, answer.count)
        guard count > 0 else { return .answer(nil) }
        return .answer(Array(answer.prefix(count).prefix { $0 != UInt8(ascii: "\n") }))
    }
}
