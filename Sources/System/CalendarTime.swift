import Glibc

/// A point in time in UTC, taken apart.
///
/// A file or a setting may state any number of seconds: what is before the epoch or after the year 9999, which no format
/// of a date has digits for, is the nearest second that is not.
public struct CalendarTime: Sendable, Equatable {
    public let year: Int
    /// From 1 on.
    public let month: Int
    /// From 1 on.
    public let day: Int
    public let hour: Int
    public let minute: Int
    public let second: Int
    /// From Sunday on, which is 0.
    public let weekday: Int

    private static let range = 0...253_402_300_799

    /// Takes seconds since the epoch.
    public init(_ seconds: Int) {
        var time = time_t(min(max(seconds, Self.range.lowerBound), Self.range.upperBound))
        var fields = tm()
        gmtime_r(&time, &fields)
        (year, month, day) = (Int(fields.tm_year) + 1900, Int(fields.tm_mon) + 1, Int(fields.tm_mday))
        (hour, minute, second) = (Int(fields.tm_hour), Int(fields.tm_min), Int(fields.tm_sec))
        weekday = Int(fields.tm_wday)
    }

    /// As `2024-01-31`.
    public var date: String { "\(Self.padded(year, 4))-\(Self.padded(month))-\(Self.padded(day))" }

    /// As `08:49:37`.
    public var clock: String { "\(Self.padded(hour)):\(Self.padded(minute)):\(Self.padded(second))" }

    /// A number with zeros in front of it.
    public static func padded(_ number: Int, _ count: Int = 2) -> String {
        let text = String(number)
        return String(repeating: "0", count: max(0, count - text.utf8.count)) + text
    }
}
