import Glibc
import System

/// Times in fields (RFC 9110 section 5.6.7): `Sun, 06 Nov 1994 08:49:37 GMT`.
enum HTTPDate {
    private static let days = ["Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"]
    private static let months = [
        "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
    ]

    static func text(_ seconds: Int) -> String {
        let time = CalendarTime(seconds)
        let day = "\(days[time.weekday]), \(CalendarTime.padded(time.day)) \(months[time.month - 1])"
        return "\(day) \(CalendarTime.padded(time.year, 4)) \(time.clock) GMT"
    }

    /// For people: `2024-01-31 12:05`.
    static func short(_ seconds: Int) -> String {
        let time = CalendarTime(seconds)
        return "\(time.date) \(time.clock.prefix(5))"
    }

    /// Seconds since the epoch; nil for what is no such time.
    static func seconds(_ text: String) -> Int? {
        let words = text.split(separator: " ")
        guard words.count == 6, words[5] == "GMT", let day = Int32(words[1]), let year = Int32(words[3]),
            let month = months.firstIndex(of: String(words[2])), (1900...9999).contains(year)
        else { return nil }
        let clock = words[4].split(separator: ":").compactMap { Int32($0) }
        guard clock.count == 3 else { return nil }
        var fields = tm()
        (fields.tm_mday, fields.tm_mon, fields.tm_year) = (day, Int32(month), year - 1900)
        (fields.tm_hour, fields.tm_min, fields.tm_sec) = (clock[0], clock[1], clock[2])
        return timegm(&fields)
    }
}
