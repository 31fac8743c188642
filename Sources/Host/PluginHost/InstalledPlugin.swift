import Glibc
public import PluginWire
public import Support
import System

/// A plugin that was found: its directory and its valid manifest.
public struct InstalledPlugin: Sendable, Equatable {
    /// The directory that holds `plugin.json`, absolute.
    public var directory: String
    public var manifest: Manifest
    /// The installed plugin whose code this one uses, where `start.plugin` names one that has code.
    public internal(set) var origin: Origin?

    /// A plugin whose program or library is started under the manifest of another one.
    public struct Origin: Sendable, Equatable {
        public var name: String
        public var version: String
        /// The directory that `start` is relative to, absolute.
        public var directory: String
        public var start: Manifest.Start
    }

    /// A Boolean value indicating whether the plugin, and the code that it uses, came with an installation of mkosi.
    public func isPart(of installation: Installation) -> Bool {
        guard let plugins = Paths.resolved(installation.plugins) else { return false }
        return directories.allSatisfy { Paths.resolved($0).map { Paths.isBelow($0, plugins) } == true }
    }

    public init(directory: String, manifest: Manifest) {
        self.directory = directory
        self.manifest = manifest
    }

    public var name: String { manifest.name }

    /// True if there is anything to start; without it a plugin only says what it provides.
    public var hasCode: Bool { manifest.start != nil }

    /// True if it provides something that cannot be built without code, and has none.
    ///
    /// A tree of one's own and pieces of configuration need none.
    public var lacksCode: Bool {
        let provides = manifest.provides
        return !hasCode
            && (provides.formats != nil || provides.artifacts != nil || provides.bootloaders != nil
                || provides.distributions?.contains { $0.custom != true } == true)
    }

    /// The start of the code: of this plugin, or of the one whose code it uses.
    var start: Manifest.Start? { manifest.start?.plugin == nil ? manifest.start : origin?.start }

    /// The directories that hold the plugin's files: its own, and that of the code which it uses.
    public var directories: [String] { [directory] + (origin.map { [$0.directory] } ?? []) }

    /// Those of a distribution's keyrings that exist; the manifest's directory may have some itself.
    public func keyrings(of distribution: ABI.V1.DistributionDescription) -> [String]? {
        distribution.keyrings?.map { Paths.absolute($0, from: directory) }.filter(Files.exists)
    }

    /// The file that is started or loaded; the directory, where there is no code yet.
    public var file: String {
        guard let start else { return directory }
        return Paths.join(origin?.directory ?? directory, start.executable?.first ?? start.library ?? "")
    }

    /// The name of the plugin in errors.
    var title: String { "Plugin \(name) (\(file))" }

    /// The plugin broke the contract with an answer or with what it left.
    public func violation(_ flaw: AnswerFlaw) -> Failure { PluginFailure(plugin: self).violation(flaw.reason) }

    /// Returns the difference of the program from its manifest, by its answer to `initialize`; nil if there is none.
    func flaw(of answer: ABI.V1.Initialized) -> String? {
        let spoken = answer.plugin
        if spoken.name == manifest.name, spoken.version == manifest.version { return nil }
        // A program that does not read plugin.json reports its original name.
        if let origin, spoken.name == origin.name, spoken.version == origin.version { return nil }
        return "identifies itself as \(Excerpt.text("\(spoken.name) \(spoken.version)")), but plugin.json names it "
            + "\(manifest.name) \(manifest.version)"
    }
}
