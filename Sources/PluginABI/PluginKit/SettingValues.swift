public import ByteKeys
public import JSON
public import PluginWire

/// A request that carries values of the user's settings.
public protocol SettingValues {
    var settings: ByteDictionary<JSON>? { get }
}

extension SettingValues {
    /// The value of a setting that is one word; nil where it is not set.
    public func text(_ setting: String) -> String? { settings?[setting]?.string }

    /// The elements of a setting that is a list of words.
    public func words(_ setting: String) -> [String] { settings?[setting]?.array?.compactMap(\.string) ?? [] }

    /// The value of a setting that is a boolean; nil where it is not set.
    public func flag(_ setting: String) -> Bool? { settings?[setting]?.bool }
}

/// A request that carries facts about artifacts.
public protocol StatedFacts {
    var facts: ByteDictionary<String>? { get }
}

extension StatedFacts {
    /// The facts by their names; none where the build made no such artifact.
    public var statedFacts: [String: String] {
        Dictionary((facts ?? [:]).map { ($0.key, $0.value) }) { $1 }
    }
}

extension ABI.V1.MakeArtifact: StatedFacts {}
extension ABI.V1.InstallBootloader: StatedFacts {}
extension ABI.V1.Assemble: SettingValues {}
extension ABI.V1.MakeArtifact: SettingValues {}
extension ABI.V1.InstallBootloader: SettingValues {}
extension ABI.V1.CheckFormat: SettingValues {}
