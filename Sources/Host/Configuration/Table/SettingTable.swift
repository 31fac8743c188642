/// All settings of the host, one file per topic.
enum SettingTable {
    typealias Row = SettingDefinition

    static let all: [SettingDefinition] = [
        include, config, distribution, output, packages, scripts, boot, system, validation, toolsTree, build, runtime,
    ].flatMap { $0 }

    static func rows(of section: Section, _ rows: [SettingDefinition]) -> [SettingDefinition] {
        rows.map { row in
            var row = row
            row.section = section
            return row
        }
    }
}
