import Execution
import Support
import System
import Tools

/// The system calls by which `mkosi-sandbox` makes one sandbox, for `--debug-sandbox`.
///
/// The tracer detaches from each process as it executes a program: what runs in the sandbox is not traced, and
/// newuidmap(1) keeps the rights that it has by its mode.
struct SandboxTrace: ~Copyable {
    private static let program = "strace"
    private let file: Descriptor

    /// Refuses a build that is to be traced on a host without the tracer.
    static func check(_ provider: ProgramPackages) throws(Failure) {
        if Tools().find(program) != nil { return }
        throw Failure(
            .missing,
            "--debug-sandbox needs \(program), which is not installed",
            hint: provider.hint(program)
        )
    }

    init() throws(Failure) {
        do throws(SystemCallError) {
            file = try Descriptor.inMemory([], label: "mkosi-trace")
        } catch {
            throw Failure(.system, "Cannot trace a sandbox", cause: error)
        }
    }

    /// Makes the command run below the tracer; it may not get further descriptors afterwards.
    func trace(_ command: inout Command) {
        guard let tracer = Tools().find(Self.program) else { return }
        command.extraDescriptors.append(file.number)
        let output = "/proc/self/fd/\(2 + command.extraDescriptors.count)"
        command.arguments =
            ["--follow-forks", "--detach-on=execve", "--quiet=all", "--output=\(output)", "--", command.path]
            + command.arguments
        command.path = tracer
    }

    /// The lines of the trace, once the command has ended.
    var lines: [String] {
        let bytes = (try? Files.read("/proc/self/fd/\(file.number)")) ?? []
        return bytes.split(separator: UInt8(ascii: "\n")).map { String(decoding: $0, as: UTF8.self) }
    }
}
