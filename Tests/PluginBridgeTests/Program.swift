import CShims
import Glibc
import System
import Testing

/// Starts programs and says how they ended.
enum Program {
    enum Ended: Equatable {
        case exited(Int32)
        case signalled(Int32)
    }

    /// Runs a program to its end, with both of its output streams in a file.
    static func run(_ arguments: [String], log: String) throws -> Ended {
        let null = open("/dev/null", O_RDONLY | O_CLOEXEC)
        let file = open(log, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o644)
        defer {
            close(null)
            close(file)
        }
        return try wait(for: start(arguments, streams: [null, file, file]))
    }

    /// Starts a program, looked up in the path, with no other descriptors than these: other tests open theirs meanwhile.
    static func start(_ arguments: [String], environment: [String] = [], streams: [Int32]) throws -> pid_t {
        let path = getenv("PATH").map { "PATH=" + String(cString: $0) } ?? "PATH=/usr/bin:/bin"
        var pid: pid_t = 0
        var pidfd: Int32 = -1
        var step: UnsafePointer<CChar>?
        let status = withCStrings(["env"] + arguments) { arguments in
            withCStrings(environment + [path]) { environment in
                streams.withUnsafeBufferPointer { streams in
                    var plan = mkosi_spawn_plan()
                    plan.path = UnsafePointer(strdup("/usr/bin/env"))
                    defer { free(UnsafeMutablePointer(mutating: plan.path)) }
                    plan.argv = arguments.baseAddress
                    plan.envp = environment.baseAddress
                    plan.fds = streams.baseAddress
                    plan.fd_count = Int32(streams.count)
                    return mkosi_spawn(&plan, &pid, &pidfd, &step)
                }
            }
        }
        try #require(status == 0, "\(arguments) cannot be started: \(String(cString: strerror(status)))")
        close(pidfd)
        return pid
    }

    static func wait(for pid: pid_t) throws -> Ended {
        var status: Int32 = 0
        while waitpid(pid, &status, 0) < 0 { try #require(errno == EINTR) }
        let signal = status & 0x7f
        return signal == 0 ? .exited(status >> 8 & 0xff) : .signalled(signal)
    }

    static func text(_ file: String) -> String {
        (try? Files.read(file)).map { String(decoding: $0, as: UTF8.self) } ?? ""
    }

    private static func withCStrings<Result>(
        _ strings: [String],
        _ body: (UnsafeBufferPointer<UnsafeMutablePointer<CChar>?>) -> Result
    ) -> Result {
        let copies = strings.map { strdup($0) }
        defer { copies.forEach { free($0) } }
        return (copies + [nil]).withUnsafeBufferPointer(body)
    }
}
