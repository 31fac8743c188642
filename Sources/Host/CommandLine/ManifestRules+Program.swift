import Configuration
import PluginHost

extension ManifestRules {
    /// What this program has: sections of configuration files, settings, and options of the command line.
    static let program: ManifestRules = {
        let own = Registry(catalogue: PluginFacts(manifests: [])).settings
        return ManifestRules(
            sections: Section.allCases.map(\.rawValue),
            settings: Set(own.flatMap { [$0.name] + $0.oldNames }),
            options: Set(own.flatMap { [$0.option] + $0.oldOptions } + CommandOption.all.map(\.long)),
            option: { SettingDefinition.optionName($0) }
        )
    }()
}
