public import ByteKeys

/// One setting: its name, its row of the table and the Swift type of its value.
///
/// `image[.packages]` is a `[String]`; steps declare the same values as their inputs; and everything else that names a
/// setting does it by `settingName(.packages)`, so that a misspelt name does not compile.
public struct Setting<Content: SettingContent>: Sendable {
    public let name: String
    private let row: (@Sendable (String) -> SettingDefinition)?

    /// A setting of the host's own.
    init(_ name: String, _ row: @escaping @Sendable (String) -> SettingDefinition) {
        self.name = name
        self.row = row
    }

    /// A setting that a plugin adds and the host understands; unset where the plugin is not installed.
    init(ofPlugin name: String) {
        self.name = name
        row = nil
    }

    /// The row of the table; nil for a setting of a plugin, whose manifest has it.
    var definition: SettingDefinition? { row?(name) }
}

/// The name of a setting, as files and `summary --json` have it.
public func settingName<Content>(_ setting: Setting<Content>) -> String { setting.name }

/// A Swift type that a setting's value can be read as.
public protocol SettingContent: Sendable {
    /// Reads a value; a value of another shape, or none, gives what "nothing" is in this type.
    init(_ value: Value)
}

/// A boolean that can be left to mkosi.
public enum Feature: String, Sendable {
    case auto
    case enabled
    case disabled
}

extension Feature: SettingContent {
    public init(_ value: Value) { self = value.text.flatMap(Feature.init) ?? .auto }
}

extension Bool: SettingContent {
    public init(_ value: Value) { self = value == .bool(true) }
}

extension Int: SettingContent {
    public init(_ value: Value) {
        if case .integer(let number) = value { self = number } else { self = 0 }
    }
}

extension String: SettingContent {
    public init(_ value: Value) { self = value.text ?? "" }
}

extension Array: SettingContent where Element: SettingElement {
    public init(_ value: Value) { self = Element.elements(of: value) }
}

extension ByteDictionary: SettingContent where Value == String {
    public init(_ value: Configuration.Value) {
        if case .dictionary(let entries) = value { self = entries } else { self = [:] }
    }
}

extension Optional: SettingContent where Wrapped: SettingContent {
    public init(_ value: Value) { self = value.isUnset ? nil : Wrapped(value) }
}

extension Password: SettingContent {
    public init(_ value: Value) {
        if case .password(let password) = value { self = password } else { self.init(text: "", isHashed: true) }
    }
}

/// A Swift type that an element of a collection can be read as.
public protocol SettingElement: Sendable {
    static func elements(of value: Value) -> [Self]
}

extension String: SettingElement {
    public static func elements(of value: Value) -> [String] { value.list ?? [] }
}

extension Tree: SettingElement {
    public static func elements(of value: Value) -> [Tree] {
        if case .trees(let trees) = value { trees } else { [] }
    }
}

extension Value.Source: SettingContent {
    public init(_ value: Value) {
        if case .source(let source) = value { self = source } else { self.init(type: "", source: "") }
    }
}

extension Drive: SettingElement {
    public static func elements(of value: Value) -> [Drive] { value.drives ?? [] }
}

extension KernelProfile: SettingElement {
    public static func elements(of value: Value) -> [KernelProfile] { value.kernelProfiles ?? [] }
}

extension Credential: SettingElement {
    public static func elements(of value: Value) -> [Credential] { value.credentials ?? [] }
}
