import DistributionKit
public import PluginKit
public import PluginWire

extension FedoraPlugin {
    /// Asks the service that keeps composes for the newest one of the release.
    public func latestSnapshot(_ request: ABI.V1.LatestSnapshot, host: Host) throws -> ABI.V1.Snapshot {
        let context = request.context
        let mirror = FileURL.withoutSlash(context.mirror ?? context.defaultMirror ?? "")
        let (place, prefix): (String, String)
        switch context.distribution {
        case "fedora" where context.release != "eln":
            let name = context.release == "rawhide" ? "Rawhide" : context.release
            place = "compose/\(context.release)/latest-Fedora-\(name)"
            prefix = "Fedora-\(name)-"
        case "centos":
            place = "stream-\(context.release)/production/latest-CentOS-Stream"
            prefix = "CentOS-Stream-\(context.release)-"
        default:
            throw ErrorObject(
                code: .unsupported,
                message: "\(context.distribution) \(context.release) has no snapshots",
                subject: context.distribution
            )
        }
        let url = "\(mirror)/\(place)/COMPOSE_ID"
        let path = "\(context.workspace)/compose-id"
        try host.fetch([url], to: path)
        let text = SystemFile.text(path)?.split(whereSeparator: \.isWhitespace).first.map(String.init) ?? ""
        let isPlain = text.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7F && $0 != UInt8(ascii: "/") }
        guard text.hasPrefix(prefix), text.count > prefix.count, isPlain else {
            throw ErrorObject(
                code: .notFound,
                message: "\(url) does not name a compose",
                hint: "Check Mirror=, which must be a service that keeps composes",
                subject: url
            )
        }
        return ABI.V1.Snapshot(snapshot: String(text.dropFirst(prefix.count)))
    }
}
