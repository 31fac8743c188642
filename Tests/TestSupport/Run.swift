public import Execution
import Glibc
import Support
import System

/// What a command left behind that a test ran to its end.
public struct RunResult: Sendable, CustomStringConvertible {
    public var arguments: [String]
    public var status: ExitStatus
    public var outputBytes: [UInt8]
    public var errorBytes: [UInt8]
    /// What was written to descriptor 3, if the run collects events.
    public var eventBytes: [UInt8] = []
    public var seconds: Double
    /// True if it had to be killed because its time was over.
    public var timedOut: Bool

    public var output: String { String(decoding: outputBytes, as: UTF8.self) }
    public var errors: String { String(decoding: errorBytes, as: UTF8.self) }
    public var outputLines: [String] { output.split(separator: "\n").map(String.init) }
    public var errorLines: [String] { errors.split(separator: "\n").map(String.init) }
    public var succeeded: Bool { status == .exited(0) }

    /// All that one wants to read when a test fails.
    public var description: String {
        """
        \(arguments.joined(separator: " "))
        \(timedOut ? "killed after \(seconds) s" : "\(status)")
        --- output
        \(output)
        --- errors
        \(errors)
        """
    }
}

/// The environment that commands get unless a test says otherwise: small, and the same for everyone.
public let plainEnvironment = ["PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin", "LC_ALL=C.UTF-8"]

/// Runs a command with empty input unless given, and collects what it prints; kills its group after `limit` seconds.
///
/// With `collectsEvents` the command finds a further file as descriptor 3, for `mkosi --progress-fd=3`.
///
/// Output goes through unlinked files, so that neither a flood nor a forgotten grandchild can block the test.
@discardableResult
public func run(
    _ arguments: [String],
    environment: [String] = plainEnvironment,
    in directory: String? = nil,
    input: String? = nil,
    collectsEvents: Bool = false,
    limit: Double = 120
) throws -> RunResult {
    let name = arguments.first ?? ""
    guard let program = Paths.findProgram(name) else {
        throw Failure(.missing, "There is no program \(name)")
    }
    let standardInput = try scratchFile()
    if let input {
        try standardInput.write(Array(input.utf8))
        lseek(standardInput.number, 0, SEEK_SET)
    }
    let standardOutput = try scratchFile()
    let standardError = try scratchFile()
    let events = try scratchFile()
    var plan = ChildProcess.Plan(
        path: program,
        arguments: Array(arguments.dropFirst()),
        environment: environment,
        descriptors: [standardInput.number, standardOutput.number, standardError.number]
            + (collectsEvents ? [events.number] : [])
    )
    plan.workingDirectory = directory
    let start = ContinuousClock.now
    var child = try ChildProcess(plan)
    let status = child.wait(milliseconds: CInt(limit * 1000))
    let elapsed = ContinuousClock.now - start
    let seconds = Double(elapsed.components.seconds) + Double(elapsed.components.attoseconds) / 1e18
    return RunResult(
        arguments: arguments,
        status: status,
        outputBytes: try content(of: standardOutput),
        errorBytes: try content(of: standardError),
        eventBytes: try content(of: events),
        seconds: seconds,
        timedOut: status == .signalled(SIGKILL) && seconds >= limit
    )
}

/// Runs a command and throws all that it printed unless it succeeds.
@discardableResult
public func runChecked(
    _ arguments: [String],
    environment: [String] = plainEnvironment,
    in directory: String? = nil,
    limit: Double = 120
) throws -> RunResult {
    let result = try run(arguments, environment: environment, in: directory, limit: limit)
    guard result.succeeded else { throw Failure(.command, "\(result)") }
    return result
}

private func scratchFile() throws -> Descriptor {
    var template = Array("/tmp/mkosi-run-XXXXXX".utf8CString)
    let number = mkstemp(&template)
    guard number >= 0 else { throw SystemCallError("mkostemp", "/tmp", errno: errno) }
    _ = fcntl(number, F_SETFD, FD_CLOEXEC)
    unlink(template)
    return Descriptor(owning: number)
}

private func content(of file: borrowing Descriptor) throws -> [UInt8] {
    lseek(file.number, 0, SEEK_SET)
    var bytes: [UInt8] = []
    while true {
        let chunk = try file.read(upTo: 1 << 16)
        if chunk.isEmpty { return bytes }
        bytes += chunk
    }
}
