import ByteKeys
import DistributionKit
import FoundationEssentials
import PluginWire

/// Further places of packages: mirrors that the same source names, and the service that keeps what mirrors drop.
struct PackagePlaces {
    private let sources: [AptSource]
    /// The fields of the index of a suite, by the source's URI: `Origin`, `Date` and others.
    private let releases: ByteDictionary<Stanza>

    /// The time after an index in seconds at which a snapshot of it exists, and has not lost what was dropped right
    /// after.
    private static let delay = 12 * 3600

    /// Reads the lists of suites, whose signatures were checked.
    init(_ sources: [AptSource], lists: [ListCheck.Release]) {
        var releases: ByteDictionary<Stanza> = [:]
        for list in lists {
            guard let stanza = Self.fields(list.text) else { continue }
            for uri in list.source.uris.map(FileURL.withoutSlash) where list.url.hasPrefix(uri + "/") {
                let known = releases[uri]
                if known == nil || Self.time(known?["Date"]) ?? 0 < Self.time(stanza["Date"]) ?? 0 {
                    releases[uri] = stanza
                }
            }
        }
        self.init(sources, releases: releases)
    }

    init(_ sources: [AptSource], releases: ByteDictionary<Stanza>) {
        self.sources = sources
        self.releases = releases
    }

    /// The URLs of a package of which one is known, best first.
    func all(for url: String) -> [String] {
        var urls = [url]
        for source in sources {
            for uri in source.uris.map(FileURL.withoutSlash) where url.hasPrefix(uri + "/") {
                let path = url.dropFirst(uri.count + 1)
                urls += source.uris.map { "\(FileURL.withoutSlash($0))/\(path)" }
                if let snapshot = releases[uri].flatMap({ Self.snapshot(of: $0, in: uri) }), path.hasPrefix("pool/") {
                    urls.append("\(snapshot)/\(path)")
                }
            }
        }
        var seen: ByteSet = []
        return urls.filter { seen.insert($0).inserted }
    }

    /// The archive as it was soon after an index was created; nil if there is no snapshot service.
    static func snapshot(of release: Stanza, in uri: String) -> String? {
        guard let time = time(release["Date"]) else { return nil }
        let stamp = DebianPlugin.timestamp(time + delay)
        switch release["Origin"] {
        case "Debian":
            let isSecurity = release["Label"] == "Debian-Security"
            return "\(SnapshotService.debian)/archive/\(isSecurity ? "debian-security" : "debian")/\(stamp)"
        case "Debian Ports": return "\(SnapshotService.debian)/archive/debian-ports/\(stamp)"
        // Other architectures have another archive, and their snapshots are in the same place.
        case "Ubuntu": return "\(SnapshotService.ubuntu)/ubuntu/\(stamp)"
        default: return nil
        }
    }

    /// The fields of a list.
    private static func fields(_ text: String) -> Stanza? {
        ControlFile.stanzas(text).first { $0["Origin"] != nil || $0["Suite"] != nil }
    }

    /// Seconds since the epoch of `Sat, 11 Jan 2025 10:20:30 UTC`.
    static func time(_ text: String?) -> Int? {
        let months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]
        let words = Text.words(text ?? "")
        guard words.count >= 5, let day = Int(words[1]), let year = Int(words[3]),
            let month = months.firstIndex(of: words[2])
        else { return nil }
        let clock = words[4].split(separator: ":").compactMap { Int($0) }
        guard clock.count == 3 else { return nil }
        var calendar = Calendar(identifier: .gregorian)
        calendar.timeZone = .gmt
        var parts = DateComponents()
        (parts.year, parts.month, parts.day) = (year, month + 1, day)
        (parts.hour, parts.minute, parts.second) = (clock[0], clock[1], clock[2])
        return calendar.date(from: parts).map { Int($0.timeIntervalSince1970) }
    }
}
