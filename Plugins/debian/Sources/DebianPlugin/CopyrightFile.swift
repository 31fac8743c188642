import DistributionKit

/// The file `copyright` of a package, in the machine-readable format (copyright-format 1.0 of Debian policy).
enum CopyrightFile {
    /// More than any header has before its field `Format`.
    private static let mostOfHeader = 4096

    /// The licence of the package as its header states it, or else those of all of its files; nil for a file in prose.
    static func license(_ bytes: [UInt8]) -> String? {
        // Most of the time would be spent on prose, and on the texts of licences.
        let start = String(decoding: bytes.prefix(mostOfHeader), as: UTF8.self)
        guard start.contains("packaging-manuals/copyright-format/") else { return nil }
        let stanzas = ControlFile.stanzas(bytes)
        guard let header = stanzas.first, header["Format"] != nil else { return nil }
        func names(_ stanza: Stanza) -> String? {
            // The text of the licence is in the lines below its name.
            stanza["License"]?.split(separator: "\n", omittingEmptySubsequences: false).first.map(String.init)
        }
        if let license = names(header), !license.isEmpty { return license }
        let files = stanzas.filter { stanza in
            guard let pattern = stanza["Files"] else { return false }
            // Packaging is not part of what is installed.
            return pattern != "debian/*"
        }
        return LicenseText.joined(files.compactMap(names))
    }
}
