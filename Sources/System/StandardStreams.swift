import Glibc

/// A protocol's own copies of standard input and output.
public struct StandardStreams: Sendable {
    public let input: Int32
    public let output: Int32

    /// Takes the protocol off the standard descriptors, before any code of others runs.
    ///
    /// What that code prints then goes to standard error, and commands that it starts read nothing and inherit
    /// neither pipe.
    public static func claim() -> StandardStreams? {
        let input = fcntl(STDIN_FILENO, F_DUPFD_CLOEXEC, 3)
        let output = fcntl(STDOUT_FILENO, F_DUPFD_CLOEXEC, 3)
        let null = open("/dev/null", O_RDONLY | O_CLOEXEC)
        guard input >= 0, output >= 0, null >= 0 else { return nil }
        guard dup2(null, STDIN_FILENO) >= 0, dup2(STDERR_FILENO, STDOUT_FILENO) >= 0 else { return nil }
        close(null)
        return StandardStreams(input: input, output: output)
    }
}
