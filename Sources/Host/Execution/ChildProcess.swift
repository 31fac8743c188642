import CShims
import Glibc
import Support
public import System

/// A running child, waited for through its pidfd, and killed when its owner releases it.
public struct ChildProcess: ~Copyable {
    public let pid: CInt
    /// Readable when the child has ended.
    public let pidfd: CInt
    private let ownGroup: Bool
    private var ended: ExitStatus?

    /// The parameters of a child process.
    public struct Plan: Sendable {
        /// Absolute path of the program.
        public var path: String
        /// Without the program's own name.
        public var arguments: [String]
        /// `NAME=value`.
        public var environment: [String]
        public var workingDirectory: String?
        /// Descriptors that become 0, 1, 2, … in the child.
        public var descriptors: [CInt]
        /// A process group of its own: signals of the terminal then do not reach it, the host passes them on.
        public var newGroup: Bool
        /// Sent to the child when the host dies.
        public var deathSignal: CInt

        public init(path: String, arguments: [String], environment: [String], descriptors: [CInt]) {
            self.path = path
            self.arguments = arguments
            self.environment = environment
            self.descriptors = descriptors
            newGroup = true
            deathSignal = SIGKILL
        }
    }

    public init(_ plan: Plan) throws(SystemCallError) {
        var pid: CInt = 0
        var pidfd: CInt = -1
        var step: UnsafePointer<CChar>?
        let arguments = CStringArray([plan.path] + plan.arguments)
        let environment = CStringArray(plan.environment)
        let reason = arguments.withPointers { arguments in
            environment.withPointers { environment in
                plan.path.withCString { path in
                    plan.descriptors.withUnsafeBufferPointer { descriptors in
                        withOptionalCString(plan.workingDirectory) { directory in
                            var request = mkosi_spawn_plan(
                                path: path,
                                argv: arguments,
                                envp: environment,
                                working_directory: directory,
                                fds: descriptors.baseAddress,
                                fd_count: CInt(descriptors.count),
                                new_group: plan.newGroup,
                                death_signal: plan.deathSignal
                            )
                            return mkosi_spawn(&request, &pid, &pidfd, &step)
                        }
                    }
                }
            }
        }
        if reason != 0 {
            throw SystemCallError(step.map { String(cString: $0) } ?? "spawn", plan.path, errno: reason)
        }
        self.pid = pid
        self.pidfd = pidfd
        ownGroup = plan.newGroup
    }

    deinit {
        if ended == nil {
            Self.signal(SIGKILL, pid: pid, group: ownGroup)
            _ = Self.reap(pid)
        }
        _ = close(pidfd)
    }

    /// Sends a signal to the child, and to its group when it has one of its own.
    public func send(_ signal: CInt) {
        if ended == nil { Self.signal(signal, pid: pid, group: ownGroup) }
    }

    private static func signal(_ signal: CInt, pid: pid_t, group: Bool) {
        if !group || kill(-pid, signal) != 0 { kill(pid, signal) }
    }

    private static func reap(_ pid: pid_t) -> ExitStatus {
        var status: CInt = 0
        while waitpid(pid, &status, 0) < 0, errno == EINTR {}
        return ExitStatus(waitStatus: status)
    }

    /// Waits for the end, at most `milliseconds` (for ever when negative), then kills.
    public mutating func wait(milliseconds: CInt = -1) -> ExitStatus {
        if let ended { return ended }
        var entry = pollfd(fd: pidfd, events: Int16(POLLIN), revents: 0)
        while poll(&entry, 1, milliseconds) < 0, errno == EINTR {}
        if entry.revents == 0 { send(SIGKILL) }
        // Before the child is reaped its number cannot name another group: end what it left behind now.
        if ownGroup { kill(-pid, SIGKILL) }
        let status = Self.reap(pid)
        ended = status
        return status
    }

    /// True if the child has ended; it still has to be waited for.
    public var hasEnded: Bool {
        var entry = pollfd(fd: pidfd, events: Int16(POLLIN), revents: 0)
        return poll(&entry, 1, 0) > 0
    }
}

/// The end of a child process: an exit status or a signal.
public enum ExitStatus: Sendable, Equatable, CustomStringConvertible {
    case exited(CInt)
    case signalled(CInt)

    init(waitStatus status: CInt) {
        let signal = status & 0x7f
        self = signal == 0 ? .exited((status >> 8) & 0xff) : .signalled(signal)
    }

    /// The status as in a shell: 128 and the signal's number for a killed child.
    public var code: Int {
        switch self {
        case .exited(let code): Int(code)
        case .signalled(let signal): 128 + Int(signal)
        }
    }

    public var description: String {
        switch self {
        case .exited(let code): "exit status \(code)"
        case .signalled(let signal): "signal \(signal) (\(String(cString: strsignal(signal))))"
        }
    }
}

private func withOptionalCString<Result>(_ text: String?, _ body: (UnsafePointer<CChar>?) -> Result) -> Result {
    guard let text else { return body(nil) }
    return text.withCString(body)
}
