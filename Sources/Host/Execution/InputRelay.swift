import Glibc
import Support

/// Passes the standard input of this process on to a command through a pipe.
///
/// A terminal and a file are never handed to the command themselves: through its descriptor a program could write to
/// them and change their mode. A pipe and a socket are, so that a command takes no more than it reads.
struct InputRelay {
    private static let descriptor = STDIN_FILENO
    /// True if the input can be taken back to where the command has stopped reading.
    private let canSeek: Bool
    private let isTerminal: Bool

    /// Nil where the descriptor can be handed to the command, or where there is no standard input at all.
    init?() {
        var status = stat()
        guard fstat(Self.descriptor, &status) == 0 else { return nil }
        switch status.st_mode & S_IFMT {
        case S_IFIFO, S_IFSOCK: return nil
        case S_IFREG: canSeek = true
        default: canSeek = false
        }
        isTerminal = isatty(Self.descriptor) == 1
    }

    /// True if there is a standard input that a command can have as it is.
    static var isDirect: Bool {
        fcntl(descriptor, F_GETFD) >= 0 && InputRelay() == nil
    }

    /// The descriptor to wait for, or -1 while nothing may be read from it.
    ///
    /// A process in the background that reads from its terminal is stopped.
    var awaited: CInt {
        !isTerminal || tcgetpgrp(Self.descriptor) == getpgrp() ? Self.descriptor : -1
    }

    /// Returns the bytes that have arrived; nil at the end.
    func read() -> [UInt8]? {
        let bytes = [UInt8](unsafeUninitializedCapacity: 4096) { buffer, count in
            count = max(0, Glibc.read(Self.descriptor, buffer.baseAddress, buffer.count))
        }
        return bytes.isEmpty ? nil : bytes
    }

    /// Leaves what the command has not read to the next one: what was not sent, and what is still in the pipe.
    func takeBack(unsent: Int, reader: CInt?) {
        guard canSeek else { return }
        var waiting: CInt = 0
        if let reader, ioctl(reader, UInt(FIONREAD), &waiting) != 0 { waiting = 0 }
        lseek(Self.descriptor, -off_t(unsent + Int(waiting)), SEEK_CUR)
    }
}
