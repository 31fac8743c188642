import Configuration
import PluginHost

extension ManifestRules {
    /// The language of this program: sections of configuration files, settings, and options of the command line.
    static let program: ManifestRules = {
        let own = Registry.core
        let options = Set(
            OptionTable(verbs: VerbTable.descriptions).all.flatMap { [$0.long, $0.negation] }.compactMap(\.self)
        )
        return ManifestRules(
            sections: Section.allCases.map(\.rawValue),
            isSetting: { own.setting(named: $0) != nil },
            isOption: { own.setting(option: $0) != nil || options.contains($0) },
            option: { SettingDefinition.optionName($0) }
        )
    }()
}
