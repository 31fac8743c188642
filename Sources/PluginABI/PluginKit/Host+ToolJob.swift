import Glibc
import JSON
public import PluginWire
import System

extension Host {
    /// Runs this program's own tool `name` inside the sandbox with a job, which the tool reads with `ToolJob.read`.
    ///
    /// - Parameters:
    ///   - name: The tool.
    ///   - job: All that it needs to know.
    ///   - label: What is shown while it runs.
    ///   - capture: Whether its standard output is in the answer.
    ///   - mounts: What it sees besides the workspace and the tree.
    /// - Returns: What host/run answers.
    /// - Throws: The sentence that the tool ended with, which says more than that it failed.
    @discardableResult
    public func runTool(
        _ name: String,
        _ job: some Encodable,
        label: String,
        capture: Bool = false,
        mounts: [ABI.V1.Mount] = []
    ) throws -> ABI.V1.Ran {
        var command = try tool(name)
        // Arguments are visible to all users of the host, and none may be longer than 128 KiB (execve(2)).
        command.input = try JSONText.string(job)
        command.label = label
        command.capture = capture ? true : nil
        command.mounts = (command.mounts ?? []) + mounts
        do {
            return try run(command)
        } catch {
            guard error.code == ErrorObject.Code.commandFailed.rawValue, let output = error.data?.output else {
                throw error
            }
            // A tool writes its sentence, and then a hint in another line if it has one.
            var lines = output.split(separator: "\n").map(String.init)
            var code = ErrorObject.Code.commandFailed
            if lines.last == ToolJob.notFoundMark {
                code = .notFound
                lines.removeLast()
            }
            guard let last = lines.last else { throw error }
            guard last.hasPrefix(ToolJob.hintMark), lines.count > 1 else {
                throw ErrorObject(code: code, message: last, hint: error.data?.hint)
            }
            let hint = String(last.dropFirst(ToolJob.hintMark.count))
            throw ErrorObject(code: code, message: lines[lines.count - 2], hint: hint)
        }
    }
}

/// The job of a plugin's tool, on its standard input.
public enum ToolJob {
    /// The beginning of a line with a hint on standard error.
    package static let hintMark = "hint: "
    /// The last line on standard error of a tool that ends with `notFound`.
    package static let notFoundMark = "code: notFound"

    /// Reads the job of this process.
    public static func read<Job: Decodable>(_ type: Job.Type) throws -> Job {
        try JSONText.decode(Job.self, from: Descriptor.readAll(STDIN_FILENO, "standard input"))
    }
}
