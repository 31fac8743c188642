import ComparisonWire
import Glibc
import System

/// Recognises the time of a build in what two streams have where they differ.
struct TimeHint {
    /// The time at which the first of both builds was begun, and now, in seconds since the epoch.
    var begun: Int
    var now: Int

    /// The kind of time, as part of a sentence; nil if it is none.
    func text(_ first: Excerpt, _ second: Excerpt) -> String? {
        if let unit = digits(first), unit == digits(second) { return "It looks like the time of the build, in \(unit)" }
        if isClock(first), isClock(second) { return "It looks like a time of day" }
        if isDate(first), isDate(second) { return "It looks like a date" }
        if hasClock(first), hasClock(second) { return "It is on a line with a time of day" }
        if isBinary(first, second) { return "It looks like the time of the build, in seconds since the epoch" }
        return nil
    }

    /// A minute more to both sides: clocks of file systems are not exact.
    private func isBuildTime(_ seconds: Int) -> Bool { (begun - 60...max(begun, now) + 60).contains(seconds) }

    /// The unit of a decimal number that is a time of the build.
    private func digits(_ excerpt: Excerpt) -> String? {
        let run = run(excerpt) { (48...57).contains($0) }
        guard let number = Int(String(decoding: run, as: UTF8.self)) else { return nil }
        switch run.count {
        case 10 where isBuildTime(number): return "seconds since the epoch"
        case 13 where isBuildTime(number / 1000): return "milliseconds since the epoch"
        case 16 where isBuildTime(number / 1_000_000): return "microseconds since the epoch"
        case 19 where isBuildTime(number / 1_000_000_000): return "nanoseconds since the epoch"
        default: return nil
        }
    }

    /// `12:34:56` or `12:34`.
    private func isClock(_ excerpt: Excerpt) -> Bool {
        let run = run(excerpt) { (48...58).contains($0) }
        let parts = run.split(separator: UInt8(ascii: ":"), omittingEmptySubsequences: false)
        return (2...3).contains(parts.count) && parts.allSatisfy { $0.count == 2 }
    }

    /// Returns whether the line contains a time such as `12:34:56`, as after the name of a day that differs.
    private func hasClock(_ excerpt: Excerpt) -> Bool {
        let line = run(excerpt) { (32..<127).contains($0) }.map { (48...57).contains($0) ? UInt8(ascii: "0") : $0 }
        let clock = Array("00:00:00".utf8)
        return line.indices.contains { line[$0...].starts(with: clock) }
    }

    /// `2026-01-31`, with a time or without.
    private func isDate(_ excerpt: Excerpt) -> Bool {
        let run = run(excerpt) { (48...57).contains($0) || $0 == UInt8(ascii: "-") }
        return run.split(separator: UInt8(ascii: "-"), omittingEmptySubsequences: false).map(\.count) == [4, 2, 2]
    }

    /// A 32-bit number in both at the same place, in either order of bytes.
    private func isBinary(_ first: Excerpt, _ second: Excerpt) -> Bool {
        for shift in 0..<4 {
            let start = first.index - shift
            guard start >= 0, start + 4 <= first.bytes.count, start + 4 <= second.bytes.count else { continue }
            let numbers = [first, second].map { excerpt in
                let bytes = excerpt.bytes[start..<start + 4]
                return (
                    big: bytes.reduce(0) { $0 << 8 | Int($1) }, little: bytes.reversed().reduce(0) { $0 << 8 | Int($1) }
                )
            }
            if numbers.allSatisfy({ isBuildTime($0.big) }) || numbers.allSatisfy({ isBuildTime($0.little) }) {
                return true
            }
        }
        return false
    }

    /// The bytes around the difference that may belong to a time.
    private func run(_ excerpt: Excerpt, _ belongs: (UInt8) -> Bool) -> ArraySlice<UInt8> {
        var (start, end) = (excerpt.index, excerpt.index)
        while start > 0, belongs(excerpt.bytes[start - 1]) { start -= 1 }
        while end < excerpt.bytes.count, belongs(excerpt.bytes[end]) { end += 1 }
        return excerpt.bytes[start..<end]
    }
}
