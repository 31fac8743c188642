import Execution
import Glibc
import Support
import System
import Tools

/// A program that uses the terminal itself, such as a pager.
struct TerminalProgram {
    var path: String
    var arguments: [String] = []
    var environment: [String: String]

    /// The pager that `$PAGER` names, or less(1); nil when there is none, or when it only copies.
    static func pager(_ environment: [String: String]) -> TerminalProgram? {
        let words = (environment["PAGER"] ?? "less").split(whereSeparator: \.isWhitespace).map(String.init)
        guard let name = words.first, name != "cat", environment["TERM"] != "dumb" else { return nil }
        guard let path = Tools(searchPath: environment["PATH"] ?? SearchPath.standard).find(name) else { return nil }
        var environment = environment
        // End at once when everything fits on the screen, and let colours through.
        environment["LESS"] = environment["LESS"] ?? "FRX"
        return TerminalProgram(path: path, arguments: Array(words.dropFirst()), environment: environment)
    }

    /// Runs the program to its end, with `input` as its standard input.
    @discardableResult
    func run(input: String? = nil) throws(Failure) -> ExitStatus {
        do throws(SystemCallError) {
            var reader: Descriptor?
            var writer: Descriptor?
            if input != nil { try Descriptor.pipe().split(&reader, &writer) }
            var plan = ChildProcess.Plan(
                path: path,
                arguments: arguments,
                environment: environment.map { "\($0.key)=\($0.value)" }.sorted(),
                descriptors: [reader?.number ?? 0, 1, 2]
            )
            // It has to be in the group that the terminal listens to.
            plan.newGroup = false
            var child = try ChildProcess(plan)
            reader = nil
            // A reader that has seen enough is no failure.
            if let input { try? writer?.write(input.utf8) }
            writer = nil
            return child.wait()
        } catch {
            throw Failure(.command, "Cannot run \(Paths.name(path))", cause: error)
        }
    }
}
