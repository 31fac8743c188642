import Glibc
import Support
public import System

/// What techniques that lead out of a sandbox aim at on the host: this process, a socket, a queue, a file.
public final class EscapeTargets {
    private let key: key_t
    private let socketName: String
    private let listener: CInt
    private let queue: CInt
    private let canary: String

    /// - Parameter canary: The path of a file that no sandbox shows.
    /// - Throws: an error where a socket or a queue cannot be made.
    public init(canary: String) throws(SystemCallError) {
        self.canary = canary
        key = key_t(0x6D6B_0000) | key_t.random(in: 0..<0x8000)
        queue = try systemCall("msgget") { [key] in msgget(key, Int32(0o1000 | 0o666)) }
        socketName = "mkosi-escape-\(getpid())-\(key)"
        listener = try Self.listen(socketName)
    }

    deinit {
        close(listener)
        msgctl(queue, 0, nil)
    }

    /// An abstract socket of the host, which everyone may connect to.
    private static func listen(_ name: String) throws(SystemCallError) -> CInt {
        let number = try systemCall("socket") { socket(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0) }
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        withUnsafeMutableBytes(of: &address.sun_path) { bytes in
            for (index, byte) in name.utf8.enumerated() { bytes[index + 1] = byte }
        }
        let length = socklen_t(MemoryLayout<sa_family_t>.size + 1 + name.utf8.count)
        try systemCall("bind", name) {
            withUnsafePointer(to: &address) { pointer in
                pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { bind(number, $0, length) }
            }
        }
        try systemCall("listen", name) { Glibc.listen(number, 8) }
        return number
    }

    /// Variables for the program, `NAME=value`.
    public var variables: [String] {
        ["CANARY=\(canary)", "HOST_PID=\(getpid())", "HOST_KEY=\(key)", "HOST_SOCKET=\(socketName)"]
    }

    /// Reads what the program prints: a technique and how it ended on each line.
    public static func outcomes(_ text: String) -> [String: String] {
        var outcomes: [String: String] = [:]
        for line in text.lines {
            let words = line.split(separator: " ")
            if words.count == 2 { outcomes[String(words[0])] = String(words[1]) }
        }
        return outcomes
    }
}
