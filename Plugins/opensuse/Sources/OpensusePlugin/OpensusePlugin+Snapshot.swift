import DistributionKit
public import PluginKit
public import PluginWire

extension OpensusePlugin {
    /// Asks the mirror for the newest state of Tumbleweed that it keeps.
    public func latestSnapshot(_ request: ABI.V1.LatestSnapshot, host: Host) throws -> ABI.V1.Snapshot {
        let context = request.context
        guard context.release == "tumbleweed" else {
            throw ErrorObject(
                code: .unsupported,
                message: "openSUSE \(context.release) has no snapshots",
                subject: context.release
            )
        }
        let mirror = FileURL.withoutSlash(context.mirror ?? context.defaultMirror ?? "")
        let url = "\(mirror)/history/latest"
        let path = "\(context.workspace)/latest-snapshot"
        try host.fetch([url], to: path)
        let word = SystemFile.text(path)?.split(whereSeparator: \.isWhitespace).first.map(String.init) ?? ""
        guard word.utf8.count == 8, word.utf8.allSatisfy({ $0 >= 0x30 && $0 <= 0x39 }) else {
            throw ErrorObject(
                code: .notFound,
                message: "\(url) does not name a snapshot",
                hint: "Check Mirror=",
                subject: url
            )
        }
        return ABI.V1.Snapshot(snapshot: word)
    }
}
