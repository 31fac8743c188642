import JSON
public import PluginWire

extension Host {
    /// Runs this program's own tool `name` inside the sandbox with a job, which the tool decodes with `ToolJob.decode`.
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
        let text = try JSONText.string(job)
        var command = try tool(name, [text])
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

/// What a tool of a plugin is to do, as its only argument.
public enum ToolJob {
    /// What a line with a hint begins with on standard error.
    package static let hintMark = "hint: "
    /// The last line on standard error of a tool that ends with `notFound`.
    package static let notFoundMark = "code: notFound"

    /// Reads the job from the arguments of a tool.
    public static func decode<Job: Decodable>(_ type: Job.Type, from arguments: [String]) throws -> Job {
        guard arguments.count == 1 else {
            throw ErrorObject(code: .invalidParameters, message: "this tool takes one argument")
        }
        return try JSONText.decode(Job.self, from: arguments[0].utf8)
    }
}
