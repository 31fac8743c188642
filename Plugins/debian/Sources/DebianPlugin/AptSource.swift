import DistributionKit

/// One entry of apt's sources: repositories that share their options.
struct AptSource: Codable, Sendable, Equatable {
    var uris: [String]
    var suites: [String]
    var components: [String] = []
    /// Files of keys that the index must be signed with, or fingerprints of apt's own; nil for all of apt's own.
    var signedBy: [String]?
    /// A key in ASCII armour embedded in the entry itself, whose lines begin with a blank.
    var key: String?
    /// True if the index needs no signature.
    var isTrusted = false
    /// True if an index may be older than it says it is good for.
    var allowsOld = false

    /// The entry as apt reads it (deb822).
    var text: String {
        var fields: [Stanza.Field] = [
            Stanza.Field(name: "Types", value: "deb"),
            Stanza.Field(name: "URIs", value: uris.joined(separator: " ")),
            Stanza.Field(name: "Suites", value: suites.joined(separator: " ")),
        ]
        if !components.isEmpty {
            fields.append(Stanza.Field(name: "Components", value: components.joined(separator: " ")))
        }
        if let signedBy {
            fields.append(Stanza.Field(name: "Signed-By", value: signedBy.joined(separator: " ")))
        } else if let key {
            fields.append(Stanza.Field(name: "Signed-By", value: key))
        }
        if isTrusted { fields.append(Stanza.Field(name: "Trusted", value: "yes")) }
        if allowsOld { fields.append(Stanza.Field(name: "Check-Valid-Until", value: "no")) }
        return Stanza(fields: fields).text
    }

    /// Reads a file of sources: deb822 when its name ends in `.sources`, else a line for each.
    static func parse(_ text: String, fileName: String) -> [AptSource] {
        fileName.hasSuffix(".sources") ? parseStanzas(text) : Text.lines(text).compactMap { AptSource(line: $0) }
    }

    private static func parseStanzas(_ text: String) -> [AptSource] {
        ControlFile.stanzas(text).compactMap { stanza in
            guard stanza.words("Types").contains("deb"), stanza["Enabled"]?.lowercased() != "no" else { return nil }
            var source = AptSource(uris: stanza.words("URIs"), suites: stanza.words("Suites"))
            source.components = stanza.words("Components")
            if let field = stanza["Signed-By"], Text.contains(field, "-----BEGIN PGP") {
                source.key = field
            } else {
                let keys = stanza.words("Signed-By").flatMap { $0.split(separator: ",").map(String.init) }
                if !keys.isEmpty { source.signedBy = keys }
            }
            source.isTrusted = stanza["Trusted"]?.lowercased() == "yes"
            source.allowsOld = stanza["Check-Valid-Until"]?.lowercased() == "no"
            return source.uris.isEmpty || source.suites.isEmpty ? nil : source
        }
    }

    /// Reads `deb [options] URI SUITE COMPONENTS…`.
    init?(line: String) {
        var words = Text.words(line.prefix { $0 != "#" })
        guard words.first == "deb" else { return nil }
        words.removeFirst()
        var options: [String] = []
        if words.first?.hasPrefix("[") == true {
            while let word = words.first {
                options.append(word.filter { $0 != "[" && $0 != "]" })
                words.removeFirst()
                if word.hasSuffix("]") { break }
            }
        }
        guard words.count >= 2 else { return nil }
        self.init(uris: [words[0]], suites: [words[1]])
        components = Array(words.dropFirst(2))
        for option in options {
            if option.hasPrefix("signed-by=") {
                signedBy = option.dropFirst("signed-by=".count).split(separator: ",").map(String.init)
            }
            if option == "trusted=yes" { isTrusted = true }
            if option == "check-valid-until=no" { allowsOld = true }
        }
    }

    /// The URLs of the directories that the lists of its suites are in.
    var bases: [String] {
        uris.flatMap { uri in
            suites.map { suite in
                FileURL.withoutSlash(uri) + (suite.hasSuffix("/") ? "/\(suite)" : "/dists/\(suite)/")
            }
        }
    }

    /// The files of keys that it names, for the host to show and to record.
    var keyFiles: [String] { (signedBy ?? []).filter { $0.hasPrefix("/") } }

    init(uris: [String], suites: [String], components: [String] = []) {
        self.uris = uris
        self.suites = suites
        self.components = components
    }

    /// All sources of a configuration directory such as `/etc/apt`.
    static func read(directory: String) -> [AptSource] {
        var sources = SystemFile.text(directory + "/sources.list").map { parse($0, fileName: "sources.list") } ?? []
        for name in SystemFile.names(in: directory + "/sources.list.d")
        where name.hasSuffix(".list") || name.hasSuffix(".sources") {
            if let text = SystemFile.text("\(directory)/sources.list.d/\(name)") {
                sources += parse(text, fileName: name)
            }
        }
        return sources
    }
}
