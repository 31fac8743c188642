import DistributionKit
import FoundationEssentials
public import PluginKit
public import PluginWire
import System

extension ArchPlugin {
    /// Asks the archive for the day of its newest state.
    public func latestSnapshot(_ request: ABI.V1.LatestSnapshot, host: Host) throws -> ABI.V1.Snapshot {
        let context = request.context
        guard context.localArchitecture == "x86_64", let base = context.mirror ?? Self.archive(context) else {
            throw RepositoryChoice.noSnapshots(context)
        }
        let url = "\(FileURL.withoutSlash(base))/repos/last/lastsync"
        let path = "\(context.workspace)/lastsync"
        try host.fetch([url], to: path)
        let text = SystemFile.text(path)?.lines.first.map { String($0).trimmed } ?? ""
        guard let seconds = Int(text), seconds > 0 else {
            throw ErrorObject(
                code: .notFound,
                message: "\(url) does not contain the time of a snapshot",
                hint: "Check Mirror=, which must be an archive of snapshots",
                subject: url
            )
        }
        return ABI.V1.Snapshot(snapshot: Self.date(seconds))
    }

    /// Seconds since the epoch as the day of a snapshot, in UTC.
    static func date(_ seconds: Int) -> String {
        var calendar = Calendar(identifier: .gregorian)
        calendar.timeZone = .gmt
        let parts = calendar.dateComponents([.year, .month, .day], from: Date(timeIntervalSince1970: Double(seconds)))
        func digits(_ number: Int?) -> String { (number ?? 0) < 10 ? "0\(number ?? 0)" : "\(number ?? 0)" }
        return "\(parts.year ?? 0)/\(digits(parts.month))/\(digits(parts.day))"
    }
}
