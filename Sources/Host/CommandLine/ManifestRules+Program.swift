import Configuration
import PluginHost

extension ManifestRules {
    /// What this program has: sections of configuration files, settings, and options of the command line.
    static let program: ManifestRules = {
        let own = Registry(catalogue: PluginFacts(manifests: [])).settings
        let options = OptionTable(verbs: VerbTable.descriptions).all
        return ManifestRules(
            sections: Section.allCases.map(\.rawValue),
            settings: Set(own.flatMap { [$0.name] + $0.oldNames }),
            options: Set(
                own.flatMap { [$0.option] + $0.oldOptions }
                    + options.flatMap { [$0.long, $0.negation] }.compactMap(\.self)
            ),
            option: { SettingDefinition.optionName($0) }
        )
    }()
}
