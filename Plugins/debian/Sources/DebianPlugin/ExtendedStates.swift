import DistributionKit
import PluginWire
import System

/// apt's notes which packages only came along, so that `apt-get autoremove` knows; the tree is the root directory now.
struct ExtendedStates {
    /// The tree's own, as dpkg names it.
    let architecture: String

    static let directory = "/var/lib/apt"
    static let path = directory + "/extended_states"

    private struct Package: Hashable {
        var name: String
        var architecture: String
    }

    /// Adds packages; the file then has all of them in one order, however they came.
    func add(_ automatic: [BinaryPackage]) throws(ErrorObject) {
        guard SystemFile.isDirectory(Self.directory) else { return }
        var stanzas: [Package: Stanza] = [:]
        for stanza in ControlFile.stanzas(SystemFile.read(Self.path) ?? []) {
            stanzas[Package(name: stanza["Package"] ?? "", architecture: stanza["Architecture"] ?? "")] = stanza
        }
        for package in automatic {
            // apt knows packages for all architectures under its own one.
            let own = package.architecture == "all" ? architecture : package.architecture
            let key = Package(name: package.name, architecture: own)
            stanzas[key] = Stanza(
                fields: [
                    Stanza.Field(name: "Package", value: package.name), Stanza.Field(name: "Architecture", value: own),
                    Stanza.Field(name: "Auto-Installed", value: "1"),
                ]
            )
        }
        if stanzas.isEmpty { return }
        let sorted = stanzas.sorted { ($0.key.name, $0.key.architecture) < ($1.key.name, $1.key.architecture) }
        try SystemFile.write(Self.path, Array(sorted.map { "\($0.value.text)\n" }.joined().utf8))
    }
}
