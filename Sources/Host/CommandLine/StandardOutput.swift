import Glibc
import Support

/// Standard output of the program.
struct StandardOutput: CommandOutput {
    let isColoured: Bool

    /// Coloured on a terminal that can do it, unless `$NO_COLOR` (no-color.org) is set.
    init(environment: [String: String]) {
        isColoured = isatty(1) == 1 && environment["TERM"] != "dumb" && (environment["NO_COLOR"] ?? "").isEmpty
    }

    func write(_ text: String) throws(Failure) {
        var rest = Array(text.utf8)[...]
        while !rest.isEmpty {
            let done = rest.withUnsafeBytes { Glibc.write(1, $0.baseAddress, $0.count) }
            let reason = errno
            if done < 0, reason == EINTR { continue }
            // A reader that has seen enough, such as head(1), is no failure.
            if done < 0, reason == EPIPE { return }
            if done < 0 {
                let cause = SystemCallError("write", "standard output", errno: reason)
                throw Failure(.system, "Cannot write the result", cause: cause)
            }
            rest = rest.dropFirst(done)
        }
    }
}
