/// A line of /etc/subuid or /etc/subgid that gives a user some ids for namespaces.
struct SubordinateRange: Equatable {
    var start: UInt32
    var count: UInt32

    /// The ids 0 to 65535 have to exist inside; fewer, and `nobody` is missing.
    static let needed: UInt32 = 65536

    /// The first range that is large enough, for a user by name or by number.
    static func first(in text: String, name: String?, id: UInt32) -> SubordinateRange? {
        for line in text.split(whereSeparator: \.isNewline) {
            let fields = line.split(separator: ":", omittingEmptySubsequences: false)
            guard fields.count == 3, let start = UInt32(fields[1]), let count = UInt32(fields[2]) else { continue }
            guard fields[0] == String(id) || name.map({ fields[0] == $0 }) == true else { continue }
            guard count >= needed, start > 0, start.addingReportingOverflow(needed).overflow == false else { continue }
            return SubordinateRange(start: start, count: count)
        }
        return nil
    }

    /// The lowest start of a range that overlaps none of those in a file.
    static func freeStart(in text: String) -> UInt32 {
        var start: UInt32 = 100_000
        for line in text.split(whereSeparator: \.isNewline) {
            let numbers = line.split(separator: ":").dropFirst().compactMap { UInt32($0) }
            guard numbers.count == 2 else { continue }
            let (end, overflow) = numbers[0].addingReportingOverflow(numbers[1])
            if !overflow { start = max(start, end) }
        }
        return start
    }

    /// The user as 0, and the range from 1 on.
    func map(user: UInt32) -> IDMap {
        IDMap(extents: [
            IDMap.Extent(inside: 0, outside: user, count: 1),
            IDMap.Extent(inside: 1, outside: start, count: Self.needed - 1),
        ])
    }
}
