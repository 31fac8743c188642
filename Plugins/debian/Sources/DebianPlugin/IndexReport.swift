import Checksum
import PluginWire

/// Which indexes apt read, their digests, and whose signatures on them are good.
struct IndexReport {
    private let sources: [AptSource]
    private let folder: String
    private let channel: ToolChannel

    init(_ sources: [AptSource], _ folder: String, _ channel: ToolChannel) {
        self.sources = sources
        self.folder = folder
        self.channel = channel
    }

    func indexes() throws -> [ABI.V1.RepositoryIndex] {
        var indexes: [ABI.V1.RepositoryIndex] = []
        for source in sources {
            for uri in source.uris {
                for suite in source.suites {
                    let base = HostMirror.withoutSlash(uri) + (suite.hasSuffix("/") ? "/\(suite)" : "/dists/\(suite)/")
                    for name in ["InRelease", "Release"] {
                        let file = "\(folder)/\(Self.fileName(base + name))"
                        guard SystemFile.exists(file) else { continue }
                        let signedBy = source.isTrusted ? [] : try signers(of: file, source.signedBy ?? [])
                        indexes.append(
                            ABI.V1.RepositoryIndex(
                                url: base + name,
                                sha256: try Digest.ofFile(file),
                                signedBy: signedBy
                            )
                        )
                        break
                    }
                }
            }
        }
        return indexes
    }

    /// The name under which apt keeps the file of a URL.
    static func fileName(_ url: String) -> String {
        var rest = Substring(url)
        if let range = Text.range(of: "://", in: url) {
            rest = rest[range.upperBound...]
        } else if let colon = rest.firstIndex(of: ":") {
            rest = rest[rest.index(after: colon)...]
        }
        let special = Set("\\|{}[]<>\"^~_=!@#$%*".utf8)
        var name = ""
        for byte in rest.utf8 {
            if byte == UInt8(ascii: "/") {
                name += "_"
            } else if special.contains(byte) || byte <= 0x20 || byte >= 0x7F {
                let digits = String(byte, radix: 16)
                name += "%" + (digits.count == 1 ? "0" : "") + digits
            } else {
                name.unicodeScalars.append(Unicode.Scalar(byte))
            }
        }
        return name
    }

    /// Fingerprints of the primary keys with a good signature on a file.
    ///
    /// apt has refused the file already if there is none; this only tells which it was.
    private func signers(of file: String, _ keyrings: [String]) throws(ErrorObject) -> [String] {
        var found: [String] = []
        let keys = keyrings.filter { $0.hasSuffix(".gpg") || $0.hasSuffix(".pgp") }
        if keys.isEmpty || !SystemFile.exists("/usr/bin/gpgv") { return [] }
        let signature = file.hasSuffix("/Release") || file.hasSuffix("_Release") ? [file + ".gpg", file] : [file]
        let arguments = ["gpgv", "--quiet", "--status-fd", "1"] + keys.flatMap { ["--keyring", $0] } + signature
        channel.command(arguments)
        let command = ChildCommand(
            arguments: arguments,
            environment: AptCommand.environment,
            onLine: { line in
                let words = Text.words(line)
                guard words.count > 2, words[0] == "[GNUPG:]", words[1] == "VALIDSIG", let key = words.last else {
                    return
                }
                if !found.contains(key) { found.append(key) }
            }
        )
        _ = try command.run()
        return found
    }
}
