/// All settings of the host, one file per topic.
enum SettingTable {
    static let all: [SettingDefinition] = [
        include, config, distribution, output, packages, scripts, boot, system, validation, toolsTree, build, runtime,
    ].flatMap { $0 }

    /// The row of a setting.
    static func row<Content>(_ setting: Setting<Content>) -> SettingDefinition? { setting.definition }

    /// The rows of a section.
    static func rows(of section: Section, _ rows: [SettingDefinition?]) -> [SettingDefinition] {
        rows.compactMap(\.self).map { row in
            var row = row
            row.section = section
            return row
        }
    }
}

/// Short for the declarations of settings.
typealias Row = SettingDefinition
