import Configuration

/// The text of `--help`.
struct HelpText {
    let registry: Registry
    let catalogue: PluginFacts
    let isColoured: Bool

    var text: String {
        var lines = [
            "Usage: mkosi [OPTIONS…] [VERB] [ARGUMENTS…]",
            "",
            "Builds images of operating systems out of distribution packages.",
            "",
            heading("Verbs"),
        ]
        for verb in VerbTable.descriptions {
            lines += entry(verb.usage.isEmpty ? verb.name : "\(verb.name) \(verb.usage)", verb.help)
        }
        lines += ["", heading("Options of the command line")]
        for option in CommandOption.all {
            lines += entry(spelling(option.long, option.short, option.metavar, option.isOptional), option.help)
        }
        for section in Section.allCases {
            let rows = registry.settings.filter { $0.section == section }
            guard !rows.isEmpty else { continue }
            lines += ["", heading("[\(section.rawValue)]")]
            for row in rows {
                let metavar = row.metavar ?? row.standardMetavar
                lines += entry(
                    spelling(row.option, row.shortOption, metavar, row.valueWithoutArgument != nil),
                    row.help
                )
            }
        }
        lines += installed("Distributions", catalogue.distributionNames)
        lines += installed("Formats", catalogue.formatNames)
        lines += ["", "The manual page mkosi(1) describes each of them."]
        return lines.joined(separator: "\n") + "\n"
    }

    private func heading(_ text: String) -> String { isColoured ? "\u{1b}[1m\(text):\u{1b}[0m" : "\(text):" }

    private func installed(_ title: String, _ names: [String]) -> [String] {
        let list = names.isEmpty ? "none; no installed plugin provides one" : names.joined(separator: ", ")
        return ["", "\(title) of the installed plugins: \(list)"]
    }

    private func spelling(_ long: String, _ short: Character?, _ metavar: String?, _ isOptional: Bool) -> String {
        var text = short.map { "-\($0), \(long)" } ?? "    \(long)"
        if let metavar { text += isOptional ? "[=\(metavar)]" : "=\(metavar)" }
        return text
    }

    /// A name and its help, side by side where the name is short enough.
    private func entry(_ name: String, _ help: String) -> [String] {
        let column = 40
        let start = "  \(name)"
        if start.count + 2 > column { return [start, String(repeating: " ", count: column) + help] }
        return [start + String(repeating: " ", count: column - start.count) + help]
    }
}
