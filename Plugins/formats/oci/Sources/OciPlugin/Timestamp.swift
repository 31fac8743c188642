import Glibc

/// Points in time as RFC 3339 writes them.
enum Timestamp {
    /// The time as text, from the number of seconds since the epoch.
    static func text(_ epoch: Int) -> String {
        var seconds = time_t(epoch)
        var parts = tm()
        gmtime_r(&seconds, &parts)
        func digits(_ number: Int32, _ count: Int = 2) -> String {
            let text = String(number)
            return String(repeating: "0", count: max(0, count - text.utf8.count)) + text
        }
        let date = [digits(parts.tm_year + 1900, 4), digits(parts.tm_mon + 1), digits(parts.tm_mday)]
        let time = [digits(parts.tm_hour), digits(parts.tm_min), digits(parts.tm_sec)]
        return "\(date.joined(separator: "-"))T\(time.joined(separator: ":"))+00:00"
    }
}
