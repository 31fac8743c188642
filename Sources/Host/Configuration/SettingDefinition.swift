/// One row of the settings table: everything that parser, options, help, completion and JSON know of a setting.
public struct SettingDefinition: Sendable {
    /// The name in files, and the member name in JSON.
    public let name: String
    public var section: Section
    public internal(set) var kind: ValueKind
    /// One sentence for `--help` and for editors.
    public let help: String
    /// `--package`.
    public var option: String
    /// `p` for `-p`.
    public var shortOption: Character?
    /// The placeholder of the argument in help; if absent, derived from the kind.
    public var metavar: String?
    /// The value of the option without an argument; absent: the argument is required.
    public var valueWithoutArgument: String?
    /// Names of former days; they still work.
    public var oldNames: [String] = []
    public var oldOptions: [String] = []
    public var defaultValue: DefaultRule = .none
    public var scope: Scope = .local
    /// True if a tools tree takes the value over as well.
    public var alsoInToolsTree = false
    /// Files and directories that set the value by existing, in order; a last component `*` matches each entry.
    public var defaultPaths: [String] = []
    /// True if the content of the default path is the value, not the path.
    public var readsDefaultPath = false
    /// True if the default path may only be readable by its owner.
    public var isSecret = false
    /// The comparison that conditions make; absent: there are no conditions on the setting.
    public var match: MatchRule?
    /// The letter of the specifier for the value.
    public var specifier: Character?
    /// Another row that holds the value, for a second spelling of the same setting.
    public var storedAs: String?
    /// Words that can be in a list which takes any, for shells to offer.
    public var knownWords: [String] = []
    /// The plugin that adds the setting.
    public var plugin: String?
    /// The firmware whose boot loaders, which plugins provide, are the values: `uefi` or `bios`.
    public var firmware: String?

    /// The placeholder of the argument in help if the row has none.
    public var standardMetavar: String { kind.standardMetavar }

    /// True if an image in `summary --json` has a member of this name.
    ///
    /// What the main image sets for the default tools tree is found there, under the name that it has there.
    public var isMember: Bool { storedAs == nil && plugin == nil && scope != .tools && section != .include }

    init(_ name: String, _ kind: ValueKind, _ help: String) {
        self.name = name
        self.kind = kind
        self.help = help
        section = .config
        option = ""
    }
}

/// The images, besides the one that a file configures, that take a value over.
public enum Scope: String, Sendable {
    /// Only the image itself.
    case local
    /// The main image sets it for every subimage.
    case universal
    /// Universal, and for the tools tree too.
    case multiversal
    /// Subimages start with the main image's value and may change it.
    case inherit
    /// Only the main image has it.
    case main
    /// The main image sets it for the tools tree.
    case tools
    /// The main image sets it for the default initrd.
    case initrd
    /// The default initrd starts with the main image's value.
    case initrdInherit = "initrd-inherit"
}

/// The comparison that a condition on a setting makes.
public enum MatchRule: Sendable {
    case equal
    /// One element of the list is equal.
    case contains
    /// A shell pattern.
    case glob
    /// Versions, with an operator in front.
    case version
    case feature
    case architecture
    /// `NAME` or `NAME=VALUE`.
    case environment
    /// One of the trees has the target.
    case treeTarget
}

// Rows read as one or two lines of a table.
extension SettingDefinition {
    func option(_ long: String, _ short: Character? = nil, _ metavar: String? = nil) -> Self {
        var row = self
        row.option = long
        row.shortOption = short
        row.metavar = metavar
        return row
    }

    func withoutArgument(_ value: String) -> Self {
        var row = self
        row.valueWithoutArgument = value
        return row
    }

    func old(_ names: [String] = [], options: [String] = []) -> Self {
        var row = self
        row.oldNames = names
        row.oldOptions = options
        return row
    }

    func standard(_ rule: DefaultRule) -> Self {
        var row = self
        row.defaultValue = rule
        return row
    }

    func scope(_ scope: Scope, tools: Bool = false) -> Self {
        var row = self
        row.scope = scope
        row.alsoInToolsTree = tools
        return row
    }

    func path(_ paths: String..., read: Bool = false, secret: Bool = false) -> Self {
        var row = self
        row.defaultPaths = paths
        row.readsDefaultPath = read
        row.isSecret = secret
        return row
    }

    func match(_ rule: MatchRule) -> Self {
        var row = self
        row.match = rule
        return row
    }

    /// Takes the boot loaders of this firmware as its values.
    func firmware(_ firmware: String) -> Self {
        var row = self
        row.firmware = firmware
        return row
    }

    func specifier(_ letter: Character) -> Self {
        var row = self
        row.specifier = letter
        return row
    }

    func stored<Content>(as setting: Setting<Content>) -> Self {
        var row = self
        row.storedAs = setting.name
        return row
    }

    func offering(_ words: [String]) -> Self {
        var row = self
        row.knownWords = words
        return row
    }
}
