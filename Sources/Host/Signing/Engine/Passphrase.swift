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
        return ask("Pass phrase of the key \(name): ")
    }

    /// Asks without showing what is typed.
    private static func ask(_ question: String) -> [UInt8]? {
        guard let terminal = try? Descriptor.open("/dev/tty", O_RDWR | O_NOCTTY) else { return nil }
        var settings = termios()
        guard tcgetattr(terminal.number, &settings) == 0 else { return nil }
        var silent = settings
        silent.c_lflag &= ~tcflag_t(ECHO)
        silent.c_lflag |= tcflag_t(ICANON)
        tcsetattr(terminal.number, TCSAFLUSH, &silent)
        defer {
            tcsetattr(terminal.number, TCSAFLUSH, &settings)
            try? terminal.write(Array("\n".utf8))
        }
        guard (try? terminal.write(Array(question.utf8))) != nil else { return nil }
        var answer = [UInt8](repeating: 0, count: longest)
        let count = read(terminal.number, &answer, answer.count)
        guard count > 0 else { return nil }
        return Array(answer.prefix(count).prefix { $0 != UInt8(ascii: "\n") })
    }
}
