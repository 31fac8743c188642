import System

/// Points in time as RFC 3339 writes them.
enum Timestamp {
    /// The time as text, from the number of seconds since the epoch.
    static func text(_ epoch: Int) -> String {
        let time = CalendarTime(epoch)
        return "\(time.date)T\(time.clock)+00:00"
    }
}
