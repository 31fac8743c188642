import DistributionKit
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
            if let key = ArmoredKey.bytes(of: String(decoding: bytes, as: UTF8.self)) {
                keyrings.append(try Self.write(key, to: scratch, keyrings.count))
            } else {
                keyrings.append(file)
            }
        }
        if let key = source.key.flatMap(ArmoredKey.bytes) {
            keyrings.append(try Self.write(key, to: scratch, keyrings.count))
        }
    }

    private static func write(_ key: [UInt8], to directory: String, _ number: Int) throws(ErrorObject) -> String {
        try SystemFile.makeDirectories(directory)
        let path = "\(directory)/key-\(number).gpg"
        try SystemFile.write(path, key)
        return path
    }
}
