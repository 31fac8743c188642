internal import Crypto
internal import Glibc
internal import JSON
internal import SigningWire
internal import System

/// The program `mkosi-sign`: requests on standard input, an answer to each on standard output.
public enum SigningCommand {
    /// Longer than any request with a path in it.
    private static let longestRequest = 1 << 20

    /// Answers until standard input ends; returns the exit status: 0, or 2 for what is not a request.
    public static func run() -> Int32 {
        ProcessMemory.protect()
        signal(SIGPIPE, SIG_IGN)
        // What a module of a provider prints is not an answer.
        let output = fcntl(STDOUT_FILENO, F_DUPFD_CLOEXEC, 3)
        guard output >= 0, dup2(STDERR_FILENO, STDOUT_FILENO) >= 0 else { return 2 }
        var lines = LineBuffer()
        let signer = SigningEngine()
        while true {
            let count = lines.append(1 << 14) { read(STDIN_FILENO, $0.baseAddress, $0.count) }
            if count < 0, errno == EINTR { continue }
            if count <= 0 { return lines.count == 0 ? 0 : complain("the last request has no line feed") }
            while let line = lines.next() {
                guard let request = try? JSONText.decode(SigningRequest.self, from: line) else {
                    return complain("a line of standard input is not a request")
                }
                guard let answer = try? JSONText.encode(signer.answer(request)),
                    (try? writeAll(output, answer + [UInt8(ascii: "\n")], "standard output")) != nil
                else { return 2 }
            }
            if lines.count > longestRequest { return complain("a request is too long") }
        }
    }

    private static func complain(_ message: String) -> Int32 {
        try? writeAll(STDERR_FILENO, Array("mkosi-sign: \(message)\n".utf8), "standard error")
        return 2
    }
}
