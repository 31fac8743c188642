import Glibc

/// Times in fields (RFC 9110 section 5.6.7): `Sun, 06 Nov 1994 08:49:37 GMT`.
enum HTTPDate {
    private static let days = ["Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"]
    private static let months = [
        "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
    ]

    static func text(_ seconds: Int) -> String {
        let fields = fields(seconds)
        let day = "\(days[Int(fields.tm_wday) % 7]), \(padded(fields.tm_mday)) \(months[Int(fields.tm_mon) % 12])"
        return "\(day) \(fields.tm_year + 1900) \(time(fields)):\(padded(fields.tm_sec)) GMT"
    }

    /// For people: `2024-01-31 12:05`.
    static func short(_ seconds: Int) -> String {
        let fields = fields(seconds)
        return "\(fields.tm_year + 1900)-\(padded(fields.tm_mon + 1))-\(padded(fields.tm_mday)) \(time(fields))"
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

    private static func fields(_ seconds: Int) -> tm {
        var time = time_t(seconds)
        var fields = tm()
        gmtime_r(&time, &fields)
        return fields
    }

    private static func time(_ fields: tm) -> String { "\(padded(fields.tm_hour)):\(padded(fields.tm_min))" }

    private static func padded(_ number: CInt) -> String { number < 10 ? "0\(number)" : "\(number)" }
}
