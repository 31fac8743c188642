/// The places of a repository, best first, as its distribution's service names them.
public struct MirrorList: Sendable, Equatable {
    /// URLs of the repository, without a slash at their ends.
    public var bases: [String] = []
    /// Digests of the manifests that the mirrors may have now, the current one first; empty if the service states none.
    public var manifests: [String] = []

    /// The path of `repodata/repomd.xml` in a list of mirrors.
    private static let manifest = "/repodata/repomd.xml"

    /// Reads a metalink (`.metalink`, version 3.0), or a list with one URL in each line.
    ///
    /// `allowsFiles` is true for a list that is itself on this host: others must not lead to files of the host.
    public init(_ bytes: [UInt8], allowsFiles: Bool = false) {
        let isMetalink = bytes.prefix(256).drop { $0 == 0x20 || $0 == 0x0A || $0 == 0x0D }.first == UInt8(ascii: "<")
        if isMetalink { readMetalink(bytes, allowsFiles) } else { readLines(bytes, allowsFiles) }
        var seen: Set<String> = []
        bases = bases.filter { seen.insert($0).inserted }
    }

    private mutating func readLines(_ bytes: [UInt8], _ allowsFiles: Bool) {
        for line in bytes.split(whereSeparator: { $0 == 0x0A || $0 == 0x0D }) {
            let url = String(decoding: line, as: UTF8.self)
            if RepositoryLocation.isFetchable(url, allowsFiles: allowsFiles) { bases.append(Self.withoutSlash(url)) }
        }
    }

    private mutating func readMetalink(_ bytes: [UInt8], _ allowsFiles: Bool) {
        var xml = MetadataXML(bytes[...])
        var isManifest = false
        var urls: [(url: String, preference: Int)] = []
        while let event = xml.next() {
            switch event {
            case .start("file", let attributes, _): isManifest = attributes["name"] == "repomd.xml"
            case .start("hash", let attributes, false) where isManifest && attributes["type"] == "sha256":
                manifests.append(xml.text().lowercased().filter { !$0.isWhitespace })
            case .start("url", let attributes, false) where isManifest:
                let url = xml.text().filter { !$0.isWhitespace }
                guard RepositoryLocation.isFetchable(url, allowsFiles: allowsFiles), url.hasSuffix(Self.manifest)
                else { continue }
                let preference = attributes["preference"].flatMap { Int($0) } ?? 0
                urls.append((String(url.dropLast(Self.manifest.count)), preference))
            default: break
            }
        }
        // Of the same preference those come first that were listed first.
        bases = urls.enumerated().sorted { ($1.element.preference, $0.offset) < ($0.element.preference, $1.offset) }
            .map(\.element.url)
    }

    /// A URL without slashes at its end.
    public static func withoutSlash(_ url: String) -> String {
        var url = url
        while url.hasSuffix("/"), !url.hasSuffix("://") { url.removeLast() }
        return url
    }
}
