internal import System

/// An error that kept a sandbox from being made or its command from being started.
public struct SandboxError: Error, Sendable, Hashable {
    /// The way to mend it, if it is known.
    public var hint: String?
    /// One sentence without its period.
    public var message: String
    /// The system call, when one failed.
    public var call: String?
    /// The path that the call was about.
    public var path: String?
    /// The reason that the call gave; 0 when no call failed.
    public var errno: Int32
    public var exitCode: Int32

    /// The exit code for all that happens before the command is looked up.
    public static let setUpFailed: Int32 = 125
    /// The exit code for a command that is there but cannot be executed.
    public static let notExecutable: Int32 = 126
    /// The exit code for a command that is not there.
    public static let notFound: Int32 = 127

    init(
        _ message: String,
        call: String? = nil,
        path: String? = nil,
        errno: Int32 = 0,
        hint: String? = nil,
        exitCode: Int32 = setUpFailed
    ) {
        self.message = message
        self.call = call
        self.path = path
        self.errno = errno
        self.hint = hint
        self.exitCode = exitCode
    }
}

extension SandboxError {
    /// A failed call of the system.
    init(_ message: String, _ error: SystemCallError) {
        self.init(message, call: error.call, path: error.subject, errno: error.errno)
    }

    /// A pipe, both ends closed on exec.
    static func pipe() throws(SandboxError) -> Pipe {
        do throws(SystemCallError) {
            return try Descriptor.pipe()
        } catch {
            throw SandboxError("Cannot create a pipe", error)
        }
    }
}

extension SandboxError: CustomStringConvertible {
    /// One sentence, and on a second line the hint.
    public var description: String {
        var text = message
        if let call {
            text += ": \(call)(\(path.map { "\"\($0)\"" } ?? ""))"
        } else if let path {
            text += ": \(path)"
        }
        if errno != 0 {
            text += ": \(SystemCall.reason(errno))"
        }
        text += "."
        if let hint {
            text += "\nhint: \(hint)"
        }
        return text
    }
}
