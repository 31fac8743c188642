import DistributionKit
import FoundationEssentials
import PluginWire

/// The keys that the index of a source may be signed with, as files that gpgv(1) reads.
struct TrustedKeys {
    /// Paths of keyrings, absolute.
    private(set) var keyrings: [String] = []
    /// Of primary keys, where the source names fingerprints and not files; empty: each key of the keyrings will do.
    private(set) var fingerprints: Set<String> = []

    /// Finds the keys of a source.
    ///
    /// `scratch` is a directory for keys that have to be converted, `directory` apt's configuration, whose own keys count for
    /// sources that name none.
    init(of source: AptSource, scratch: String, configuration directory: String = "/etc/apt") throws(ErrorObject) {
        var files: [String] = []
        for word in source.signedBy ?? [] {
            if word.hasPrefix("/") {
                files.append(word)
            } else {
                fingerprints.insert(String(word.prefix { $0 != "!" }).uppercased())
            }
        }
        if files.isEmpty, source.key == nil {
            files = [directory + "/trusted.gpg"]
            files += SystemFile.names(in: directory + "/trusted.gpg.d").filter { name in
                name.hasSuffix(".gpg") || name.hasSuffix(".asc")
            }.map { "\(directory)/trusted.gpg.d/\($0)" }
        }
        for file in files {
            guard let bytes = SystemFile.read(file) else { continue }
            if let key = Self.unarmored(String(decoding: bytes, as: UTF8.self)) {
                keyrings.append(try Self.write(key, to: scratch, keyrings.count))
            } else {
                keyrings.append(file)
            }
        }
        if let key = source.key.flatMap(Self.unarmored) {
            keyrings.append(try Self.write(key, to: scratch, keyrings.count))
        }
    }

    private static func write(_ key: [UInt8], to directory: String, _ number: Int) throws(ErrorObject) -> String {
        try SystemFile.makeDirectories(directory)
        let path = "\(directory)/key-\(number).gpg"
        try SystemFile.write(path, key)
        return path
    }

    private static let begin = "-----BEGIN PGP PUBLIC KEY BLOCK-----"

    /// The bytes of a key in ASCII armour (RFC 9580, 6.2); nil for other text.
    static func unarmored(_ text: String) -> [UInt8]? {
        guard Text.contains(text, begin) else { return nil }
        var bytes: [UInt8] = []
        var base64: String?
        var isHeader = false
        for line in text.split(whereSeparator: \.isNewline).map({ Text.trimmed(String($0)) }) + [""] {
            if line == begin {
                (base64, isHeader) = ("", true)
            } else if line.hasPrefix("-----END") {
                guard let block = base64, let data = Data(base64Encoded: block) else { return nil }
                bytes += Array(data)
                base64 = nil
            } else if isHeader, Text.contains(line, ":") || line == "." {
                continue
            } else if base64 != nil, !line.hasPrefix("=") {
                isHeader = false
                base64? += line
            }
        }
        return bytes.isEmpty ? nil : bytes
    }
}
