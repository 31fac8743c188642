import Glibc

/// Keeps the protocol's two pipes away from the library.
public enum StandardStreams {
    /// Moves standard input and output elsewhere: the library then reads nothing, and prints on standard error.
    ///
    /// Returns the descriptors that the protocol uses, or nil if the system refuses.
    public static func takeOver() -> (input: Int32, output: Int32)? {
        let input = fcntl(STDIN_FILENO, F_DUPFD_CLOEXEC, 3)
        let output = fcntl(STDOUT_FILENO, F_DUPFD_CLOEXEC, 3)
        let null = open("/dev/null", O_RDONLY | O_CLOEXEC)
        guard input >= 0, output >= 0, null >= 0,
            dup2(null, STDIN_FILENO) >= 0,
            dup2(STDERR_FILENO, STDOUT_FILENO) >= 0
        else { return nil }
        close(null)
        return (input, output)
    }
}
