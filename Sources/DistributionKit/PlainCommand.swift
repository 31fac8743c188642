import Glibc
public import PluginWire

/// A program that has this one's terminal, standard input and output.
public struct PlainCommand {
    public var arguments: [String]

    public init(arguments: [String]) { self.arguments = arguments }

    /// Runs it and returns the exit status, or 128 and the signal's number.
    public func run() throws(ErrorObject) -> Int32 {
        var child = pid_t()
        var pointers: [UnsafeMutablePointer<CChar>?] = arguments.map { strdup($0) } + [nil]
        defer { for pointer in pointers { free(pointer) } }
        let result = posix_spawnp(&child, arguments[0], nil, nil, &pointers, environ)
        if result != 0 { throw SystemFile.failure("run", arguments[0], number: result) }
        var status: Int32 = 0
        while waitpid(child, &status, 0) < 0, errno == EINTR {}
        let signal = status & 0x7F
        return signal == 0 ? (status >> 8) & 0xFF : 128 + signal
    }

    /// Runs it in place of this program.
    public func replace() throws(ErrorObject) -> Int32 {
        var pointers: [UnsafeMutablePointer<CChar>?] = arguments.map { strdup($0) } + [nil]
        execvp(arguments[0], &pointers)
        throw SystemFile.failure("run", arguments[0])
    }
}
