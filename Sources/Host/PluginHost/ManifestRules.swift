/// What a manifest may name of the host: the sections of configuration files, and names that are taken.
public struct ManifestRules: Sendable {
    /// Sections that a setting may be in; empty: any.
    public var sections: [String]
    /// Names of the host's own settings.
    public var settings: Set<String>
    /// Options of the command line, such as `--force`.
    public var options: Set<String>
    /// The option of a setting with this name.
    public var option: @Sendable (String) -> String

    /// Without arguments everything is allowed.
    public init(
        sections: [String] = [],
        settings: Set<String> = [],
        options: Set<String> = [],
        option: @escaping @Sendable (String) -> String = { $0 }
    ) {
        self.sections = sections
        self.settings = settings
        self.options = options
        self.option = option
    }

    func check(_ setting: (name: String, section: String), at path: String) throws(ManifestError) {
        if !sections.isEmpty, !sections.contains(setting.section) {
            throw ManifestError(
                member: "\(path).section",
                reason: "is \"\(setting.section)\", which is not one of \(sections.joined(separator: ", "))"
            )
        }
        if settings.contains(setting.name) {
            throw ManifestError(member: "\(path).name", reason: "is \"\(setting.name)\", a setting of mkosi itself")
        }
        let option = option(setting.name)
        if options.contains(option) {
            throw ManifestError(
                member: "\(path).name",
                reason: "is \"\(setting.name)\", whose option \(option) is one of mkosi itself"
            )
        }
    }
}
