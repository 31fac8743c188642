public import Crypto
public import PluginWire
import System

/// `repodata/repomd.xml` of a repository: its indexes, with their digests.
public struct RepositoryManifest: Sendable {
    /// An index, as the manifest describes it.
    public struct Index: Sendable {
        /// `primary`, `filelists`, `group`, `modules` and others.
        public var kind: String
        /// Relative to the repository.
        public var location: String
        public var function: Digest.Function
        /// Lower case hexadecimal.
        public var digest: String
        public var size: Int?
        /// The whole element, for a manifest of fewer indexes.
        var element: [UInt8]
    }

    public var indexes: [Index] = []
    /// A number that grows with each version, as a rule the time when it was made.
    public var revision: String?

    /// Reads the file that a URL has given, which messages name.
    public init(_ bytes: [UInt8], url: String) throws(ErrorObject) {
        var xml = MetadataXML(bytes[...])
        var isManifest = false
        var current: Index?
        var hasDigest = false
        var start = xml.position
        while true {
            let before = xml.position
            guard let event = xml.next() else { break }
            switch event {
            case .start("repomd", _, _): isManifest = true
            case .start("revision", _, false) where current == nil: revision = xml.text()
            case .start("data", let attributes, false):
                start = before
                hasDigest = false
                current = Index(
                    kind: attributes["type"] ?? "",
                    location: "",
                    function: .sha256,
                    digest: "",
                    element: []
                )
            case .start("location", let attributes, _): current?.location = attributes["href"] ?? ""
            case .start("checksum", let attributes, false):
                if let function = Self.functions[attributes["type"] ?? ""] {
                    hasDigest = true
                    current?.function = function
                    current?.digest = xml.text().filter { !$0.isWhitespace }.lowercased()
                }
            case .start("size", _, false): current?.size = Int(xml.text().filter { !$0.isWhitespace })
            case .end("data"):
                if var index = current, hasDigest, RepositoryLocation.isPlain(index.location) {
                    index.element = Array(bytes[start..<xml.position])
                    indexes.append(index)
                }
                current = nil
            default: break
            }
        }
        guard isManifest, indexes.contains(where: { $0.kind == "primary" }) else {
            throw ErrorObject(
                code: .notFound,
                message:
                    "\(url) is not the manifest of a repository: it lists no packages with a digest that is strong",
                hint: "Check Mirror=, Release= and Repositories=",
                subject: url
            )
        }
    }

    /// Digests for which no collisions are known.
    private static let functions: [String: Digest.Function] = ["sha256": .sha256, "sha512": .sha512]

    public subscript(kind: String) -> Index? { indexes.first { $0.kind == kind } }

    /// A manifest of some of the indexes alone, for a package manager that shall not look for the others.
    public func text(of kinds: [String]) -> [UInt8] {
        var text = Array(
            """
            <?xml version="1.0" encoding="UTF-8"?>
            <repomd xmlns="http://linux.duke.edu/metadata/repo" xmlns:rpm="http://linux.duke.edu/metadata/rpm">

            """.utf8
        )
        if let revision { text += Array("<revision>\(MetadataXML.encoded(revision))</revision>\n".utf8) }
        for index in indexes where kinds.contains(index.kind) { text += index.element + [UInt8(ascii: "\n")] }
        return text + Array("</repomd>\n".utf8)
    }
}
