import Glibc
import Sandbox
import Support
import System
import TestSupport
import Testing

/// The built `mkosi-sandbox`, run as one of the users.
struct SandboxProgram {
    static var path: String { get throws { try Stage.sandbox } }

    var user = TestUser.available[0]
    var home = "/tmp"

    /// Runs mkosi-sandbox with arguments as they are.
    func callAsFunction(
        _ arguments: [String],
        environment: [String] = plainEnvironment,
        in directory: String? = nil,
        input: String? = nil,
        limit: Double = 60
    ) throws -> RunResult {
        try run(
            user.command([Self.path] + arguments, home: home),
            environment: environment,
            in: directory,
            input: input,
            limit: limit
        )
    }

    /// Runs a script of the shell in the sandbox of some options.
    func shell(_ options: [String], _ script: String) throws -> RunResult {
        try self(options + ["--", "/bin/sh", "-c", script])
    }
}

/// The options for a tree with the host's programs and nothing else.
let bareSystem = [
    "--ro-bind", "/usr", "/usr", "--symlink", "usr/bin", "/bin", "--symlink", "usr/lib", "/lib",
    "--symlink", "usr/lib64", "/lib64", "--symlink", "usr/sbin", "/sbin", "--proc", "/proc", "--dev", "/dev",
]

/// The processes of the machine whose command line has a word.
func processes(with word: String) -> [pid_t] {
    ((try? Files.list("/proc")) ?? []).compactMap { pid_t($0) }.filter { process in
        guard let text = try? Files.readText("/proc/\(process)/cmdline") else { return false }
        return text.split(separator: "\0").contains { $0.contains(word) }
    }
}

/// Waits until a condition holds, at most some seconds.
func eventually(_ seconds: Double = 10, _ condition: () throws -> Bool) rethrows -> Bool {
    for _ in 0..<Int(seconds * 100) {
        if try condition() { return true }
        usleep(10_000)
    }
    return try condition()
}
