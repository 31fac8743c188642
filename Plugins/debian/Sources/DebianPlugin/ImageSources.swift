import DistributionKit
import PluginWire

/// The repositories that an image with apt has: those of its release, wherever it was built from.
struct ImageSources: Codable, Sendable, Equatable {
    /// The name of the file, without its ending.
    var name: String
    var sources: [AptSource]
    /// The paths of the keyrings as the package with the distribution's keys has them, best first.
    var keyrings: [String]

    init(name: String, sources: [AptSource], keyrings: [String]) {
        self.name = name
        self.sources = sources
        self.keyrings = keyrings
    }

    init(_ context: ABI.V1.Context) throws(ErrorObject) {
        let facts = try DistributionFacts.of(context)
        self.init(
            name: context.release,
            sources: RepositoryChoice(context, facts, host: nil, signedBy: nil).imageSources(),
            keyrings: facts.keyrings.map { "/usr/share/keyrings/\($0)" }
        )
    }

    /// Writes them into the tree, which is the root directory now, when apt has come into it.
    ///
    /// Sources that are there, from a skeleton, a package or an earlier build, stay as they are.
    func write(_ packages: [BinaryPackage]) throws(ErrorObject) {
        guard packages.contains(where: { $0.name == "apt" }), AptSource.read(directory: "/etc/apt").isEmpty else {
            return
        }
        let keyring = keyrings.first(where: SystemFile.exists)
        let text = sources.map { source in
            var source = source
            source.signedBy = keyring.map { [$0] }
            return source.text
        }.joined(separator: "\n")
        try SystemFile.makeDirectories("/etc/apt/sources.list.d")
        try SystemFile.write("/etc/apt/sources.list.d/\(name).sources", Array(text.utf8))
    }
}
