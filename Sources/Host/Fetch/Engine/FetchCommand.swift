internal import FetchWire
internal import Glibc
internal import JSON
internal import PluginWire
internal import System

/// The program `mkosi-fetch`: a plan on standard input, events on standard output.
public enum FetchCommand {
    /// Far more than a plan for every package of a distribution needs.
    private static let longestPlan = 256 << 20

    /// Runs a plan and returns the exit status: 0, 1 when items failed, 2 for a bad plan, 3 when the parent went away.
    public static func run() -> Int32 {
        // The reader of the events may be gone: that is an error of write(2), not the end.
        signal(SIGPIPE, SIG_IGN)
        // SIGINT and SIGTERM end the program immediately: part files stay, and nothing else needs tidying.
        for number in [SIGINT, SIGTERM, SIGHUP] { signal(number, SIG_DFL) }
        var none = sigset_t()
        sigemptyset(&none)
        sigprocmask(SIG_SETMASK, &none, nil)
        raiseDescriptorLimit()
        do {
            let plan = try JSONText.decode(FetchPlan.self, from: readPlan())
            switch try FetchEngine(plan, output: STDOUT_FILENO).run() {
            case .complete: return 0
            case .someFailed: return 1
            case .abandoned: return 3
            }
        } catch let failure as FetchFailure {
            complain(failure.message)
        } catch let error as DecodingError {
            complain("the plan on standard input is invalid: \(error)")
        } catch {
            complain("\(error)")
        }
        return 2
    }

    /// Part files and connections of many transfers are open at once; this program does not use select(2).
    private static func raiseDescriptorLimit() {
        var limit = rlimit()
        guard getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) == 0 else { return }
        limit.rlim_cur = limit.rlim_max
        setrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
    }

    /// Reads up to the first line feed; standard input may stay open afterwards.
    private static func readPlan() throws -> [UInt8] {
        var lines = LineBuffer()
        while lines.count < longestPlan {
            let got = lines.append(1 << 16) { read(STDIN_FILENO, $0.baseAddress, $0.count) }
            if got < 0, errno == EINTR { continue }
            if got < 0 { throw FetchFailure(cannot: "read", "standard input") }
            if let plan = lines.next() { return plan }
            if got == 0 { return lines.takeRest() }
        }
        throw FetchFailure("the plan on standard input is longer than \(longestPlan) bytes", remedy: .none)
    }

    private static func complain(_ message: String) {
        let line = Array("mkosi-fetch: \(message)\n".utf8)
        _ = write(STDERR_FILENO, line, line.count)
    }
}
