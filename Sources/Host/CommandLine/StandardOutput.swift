import Glibc
import Support
import System

/// Standard output of the program.
struct StandardOutput: CommandOutput {
    let isColoured: Bool
    let isTerminal: Bool
    private let environment: [String: String]

    /// Coloured on a terminal that can do it, unless `$NO_COLOR` (no-color.org) is set.
    init(environment: [String: String]) {
        self.environment = environment
        isTerminal = isatty(1) == 1
        isColoured = isTerminal && environment["TERM"] != "dumb" && (environment["NO_COLOR"] ?? "").isEmpty
    }

    func write(_ text: String) throws(Failure) {
        do throws(SystemCallError) {
            try writeAll(STDOUT_FILENO, text.utf8, "standard output")
        } catch  where error.errno == EPIPE {
            // A reader that has seen enough, such as head(1), is no failure.
        } catch {
            throw Failure(.system, "Cannot write the result", cause: error)
        }
    }

    var width: Int {
        var size = winsize()
        return ioctl(1, UInt(TIOCGWINSZ), &size) == 0 && size.ws_col > 0 ? min(Int(size.ws_col), 140) : 100
    }

    func page(_ text: String) throws(Failure) {
        guard isTerminal, let pager = TerminalProgram.pager(environment) else { return try write(text) }
        try pager.run(input: text)
    }
}
