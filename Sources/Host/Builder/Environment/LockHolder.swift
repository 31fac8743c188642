import Display
import Glibc
import Support
import System

/// The holder of a lock, as it wrote itself into the lock's file: a line each for process, user, begin and directory.
///
/// The file stays when the holder is killed, so nothing of the command line is in it: there may be passwords.
struct LockHolder: Equatable {
    var process: Int
    var user: String
    /// Seconds since the epoch.
    var begin: Int
    /// The directory that it was started in.
    var directory: String

    /// This process.
    static func current() -> LockHolder {
        LockHolder(process: Int(getpid()), user: userName(), begin: Int(time(nil)), directory: currentDirectory())
    }

    private init(process: Int, user: String, begin: Int, directory: String) {
        self.process = process
        self.user = user
        self.begin = begin
        self.directory = directory
    }

    /// Reads what `text` has written; nil for anything else, such as a half of it.
    init?(_ text: String) {
        let lines = text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
        guard lines.count == 5, lines[4].isEmpty, let process = Int(lines[0]), let begin = Int(lines[2]) else {
            return nil
        }
        self.init(process: process, user: lines[1], begin: begin, directory: lines[3])
    }

    var text: String { "\(process)\n\(user)\n\(begin)\n\(directory)\n" }

    private static func userName() -> String {
        var entry = passwd()
        var found: UnsafeMutablePointer<passwd>?
        var buffer = [CChar](repeating: 0, count: 16384)
        guard getpwuid_r(getuid(), &entry, &buffer, buffer.count, &found) == 0, found != nil,
            let name = entry.pw_name
        else { return String(getuid()) }
        return printable(String(cString: name))
    }

    /// On one line of bounded length.
    private static func currentDirectory() -> String {
        let text = printable(Paths.currentDirectory())
        return text.count > 200 ? text.prefix(199) + "…" : text
    }
}

extension LockHolder: CustomStringConvertible {
    var description: String { "process \(process) of \(user) in \(directory), since \(clock)" }

    /// The begin in the machine's own time; with the day where it was another one.
    private var clock: String {
        let start = Self.calendar(begin)
        let today = Self.calendar(Int(time(nil)))
        func two(_ number: CInt) -> String { number < 10 ? "0\(number)" : "\(number)" }
        let hours = "\(two(start.tm_hour)):\(two(start.tm_min)):\(two(start.tm_sec))"
        let isToday = start.tm_year == today.tm_year && start.tm_yday == today.tm_yday
        return isToday ? hours : "\(Int(start.tm_year) + 1900)-\(two(start.tm_mon + 1))-\(two(start.tm_mday)) \(hours)"
    }

    private static func calendar(_ seconds: Int) -> tm {
        var (time, result) = (time_t(seconds), tm())
        localtime_r(&time, &result)
        return result
    }
}
