import Glibc
public import PluginWire
public import Support

/// A plugin that was found: its directory and its valid manifest.
public struct InstalledPlugin: Sendable, Equatable {
    /// The directory that holds `plugin.json`, absolute.
    public var directory: String
    public var manifest: Manifest

    public init(directory: String, manifest: Manifest) {
        self.directory = directory
        self.manifest = manifest
    }

    public var name: String { manifest.name }

    /// Whether there is anything to start; without it a plugin only says what it provides.
    public var hasCode: Bool { manifest.start != nil }

    /// Whether it provides something that cannot be built without code, and has none.
    ///
    /// A tree of one's own and pieces of configuration need none.
    public var lacksCode: Bool {
        let provides = manifest.provides
        return !hasCode && (provides.formats != nil || provides.distributions?.contains { $0.custom != true } == true)
    }

    /// The file that is started or loaded; the directory, where there is no code yet.
    public var file: String {
        guard let start = manifest.start else { return directory }
        return Paths.join(directory, start.executable?.first ?? start.library ?? "")
    }

    /// How errors call the plugin.
    var title: String { "Plugin \(name) (\(file))" }

    /// The plugin broke the contract with an answer or with what it left.
    public func violation(_ flaw: AnswerFlaw) -> Failure { PluginFailure(plugin: self).violation(flaw.reason) }

    /// How the program differs from its manifest, by its answer to `initialize`; nil: it does not.
    func flaw(of answer: ABI.V1.Initialized) -> String? {
        let spoken = answer.plugin
        if spoken.name == manifest.name, spoken.version == manifest.version { return nil }
        return "calls itself \(Excerpt.text("\(spoken.name) \(spoken.version)")), but plugin.json calls it "
            + "\(manifest.name) \(manifest.version)"
    }
}
