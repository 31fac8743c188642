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

extension ABI.V1.Assemble: SettingValues {}
extension ABI.V1.MakeArtifact: SettingValues {}
extension ABI.V1.InstallBootloader: SettingValues {}
