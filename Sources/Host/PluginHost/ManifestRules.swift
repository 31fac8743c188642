/// The names of the host that a manifest may use: sections of configuration files, and names that are taken.
public struct ManifestRules: Sendable {
    /// Sections that a setting may be in; empty: any.
    public var sections: [String]
    /// Returns true if a name is that of one of the host's own settings.
    public var isSetting: @Sendable (String) -> Bool
    /// Returns true if there is an option of this name, such as `--force`, on the command line.
    public var isOption: @Sendable (String) -> Bool
    /// The option of a setting with this name.
    public var option: @Sendable (String) -> String

    /// Without arguments everything is allowed.
    public init(
        sections: [String] = [],
        isSetting: @escaping @Sendable (String) -> Bool = { _ in false },
        isOption: @escaping @Sendable (String) -> Bool = { _ in false },
        option: @escaping @Sendable (String) -> String = { $0 }
    ) {
        self.sections = sections
        self.isSetting = isSetting
        self.isOption = isOption
        self.option = option
    }

    func check(_ setting: (name: String, section: String), at path: String) throws(ManifestError) {
        if !sections.isEmpty, !sections.contains(setting.section) {
            throw ManifestError(
                member: "\(path).section",
                reason: "is \"\(setting.section)\", which is not one of \(sections.joined(separator: ", "))"
            )
        }
        if isSetting(setting.name) {
            throw ManifestError(member: "\(path).name", reason: "is \"\(setting.name)\", a setting of mkosi itself")
        }
        let option = option(setting.name)
        if isOption(option) {
            throw ManifestError(
                member: "\(path).name",
                reason: "is \"\(setting.name)\", whose option \(option) is one of mkosi itself"
            )
        }
    }
}
