import DistributionKit
import FoundationEssentials
public import PluginKit
public import PluginWire

extension DebianPlugin {
    /// Asks the snapshot service for its newest state.
    public func latestSnapshot(_ request: ABI.V1.LatestSnapshot, host: Host) throws -> ABI.V1.Snapshot {
        let context = request.context
        switch context.distribution {
        case "debian":
            let base = FileURL.withoutSlash(context.mirror ?? SnapshotService.debian)
            let path = "\(context.workspace)/snapshots"
            let url = "\(base)/mr/timestamp/debian/latest"
            try host.fetch([url], to: path)
            guard let newest = Self.newestTimestamp(SystemFile.read(path) ?? []) else {
                throw ErrorObject(
                    code: .notFound,
                    message: "\(url) does not contain a snapshot",
                    hint: "Check Mirror=, which must be a snapshot service",
                    subject: url
                )
            }
            return ABI.V1.Snapshot(snapshot: newest)
        case "ubuntu":
            // Any moment since March 2023 is a snapshot of theirs; an hour ago, all of their servers have it.
            return ABI.V1.Snapshot(snapshot: Self.timestamp(Int(Date.now.timeIntervalSince1970) - 3600))
        default:
            throw ErrorObject(
                code: .unsupported,
                message: "\(context.distribution) has no snapshots",
                subject: context.distribution
            )
        }
    }

    /// The greatest word of the form `20240131T235959Z` in a text, whatever is around it.
    static func newestTimestamp(_ text: [UInt8]) -> String? {
        let pattern = Array("dddddddd".utf8) + Array("Tdddddd".utf8) + Array("Z".utf8)
        guard text.count >= pattern.count else { return nil }
        var newest: String?
        for start in 0...(text.count - pattern.count) where text[start] >= UInt8(ascii: "0") {
            let word = text[start..<(start + pattern.count)]
            let matches = zip(word, pattern).allSatisfy { byte, sign in
                sign == UInt8(ascii: "d")
                    ? (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) : byte == sign
            }
            guard matches else { continue }
            let found = String(decoding: word, as: UTF8.self)
            newest = max(newest ?? found, found)
        }
        return newest
    }

    /// Seconds since the epoch in the form of a snapshot's name, in UTC.
    static func timestamp(_ seconds: Int) -> String {
        var calendar = Calendar(identifier: .gregorian)
        calendar.timeZone = .gmt
        let date = Date(timeIntervalSince1970: Double(seconds))
        let parts = calendar.dateComponents([.year, .month, .day, .hour, .minute, .second], from: date)
        func digits(_ number: Int?, _ count: Int) -> String {
            let text = "\(number ?? 0)"
            return String(repeating: "0", count: max(0, count - text.count)) + text
        }
        return digits(parts.year, 4) + digits(parts.month, 2) + digits(parts.day, 2) + "T"
            + digits(parts.hour, 2) + digits(parts.minute, 2) + digits(parts.second, 2) + "Z"
    }
}
