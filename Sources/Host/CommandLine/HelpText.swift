import Configuration

/// The texts of `--help` and `help VERB`.
struct HelpText {
    let registry: Registry
    let catalogue: PluginFacts
    let isColoured: Bool
    var width = 100

    /// Everything: verbs, options, settings by section, and what plugins provide.
    var text: String {
        var lines = [
            "Usage: mkosi [OPTIONS…] [VERB] [ARGUMENTS…]",
            "",
            "Builds operating system images from distribution packages.",
            "",
            heading("Verbs"),
        ]
        for verb in VerbTable.descriptions { lines += entry(title(of: verb), verb.help) }
        lines += ["", heading("Options of every verb")] + entries(SharedOptions.all)
        lines += ["", heading("Options of verbs that read the configuration")] + entries(SharedOptions.configuration)
        lines += ["", heading("Options of some verbs")] + entries(optionsOfSomeVerbs)
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
        lines += ["", "mkosi VERB --help describes one verb; the manual page mkosi(1) describes everything."]
        return lines.joined(separator: "\n") + "\n"
    }

    /// One verb: how it is written, what it does, and its other names.
    func text(of verb: VerbDescription) -> String {
        var lines = ["Usage: mkosi [OPTIONS…] \(title(of: verb))", ""]
        lines += wrapped("\(verb.help).", indent: 0)
        for paragraph in verb.details { lines += [""] + wrapped(paragraph, indent: 0) }
        if !verb.options.isEmpty { lines += ["", heading("Options")] + entries(verb.options) }
        let shared = verb.sharedOptions.map { option in (option.short.map { "-\($0), " } ?? "") + option.long }
        lines += ["", heading("Shared options")] + wrapped(shared.joined(separator: "; "), indent: 2)
        if verb.readsConfiguration { lines += wrapped("Every setting is also an option.", indent: 2) }
        if !verb.example.isEmpty { lines += ["", heading("Example"), "  \(verb.example)"] }
        if !verb.aliases.isEmpty { lines += ["", "Other names: \(verb.aliases.joined(separator: ", "))"] }
        lines += ["", "mkosi --help lists all options and settings."]
        return lines.joined(separator: "\n") + "\n"
    }

    private func entries(_ options: [OptionDeclaration]) -> [String] {
        options.flatMap { option in
            var lines = entry(
                spelling(option.long, option.short, option.metavar, option.isArgumentOptional),
                option.help
            )
            if let negation = option.negation, let help = option.negationHelp {
                lines += entry(spelling(negation, nil, nil, false), help)
            }
            return lines
        }
    }

    /// The options that neither every verb has nor all that read the configuration, with the verbs that have them.
    private var optionsOfSomeVerbs: [OptionDeclaration] {
        let table = OptionTable(verbs: VerbTable.descriptions)
        let common = (SharedOptions.all + SharedOptions.configuration).map { $0.long }
        return table.all.filter { !common.contains($0.long) }.map { option in
            var option = option
            let verbs = table.verbs(with: option.long)
            if !verbs.isEmpty { option.help += " (\(verbs.joined(separator: ", ")))" }
            return option
        }
    }

    private func title(of verb: VerbDescription) -> String {
        verb.usage.isEmpty ? verb.name : "\(verb.name) \(verb.usage)"
    }

    private func heading(_ text: String) -> String { isColoured ? "\u{1b}[1m\(text):\u{1b}[0m" : "\(text):" }

    private func installed(_ title: String, _ names: [String]) -> [String] {
        let list = names.isEmpty ? "none; no installed plugin provides any" : names.joined(separator: ", ")
        return ["", heading("\(title) of the installed plugins")] + wrapped(list, indent: 2)
    }

    private func spelling(_ long: String, _ short: Character?, _ metavar: String?, _ isOptional: Bool) -> String {
        var text = short.map { "-\($0), \(long)" } ?? "    \(long)"
        if let metavar { text += isOptional ? "[=\(metavar)]" : "=\(metavar)" }
        return text
    }

    private static let column = 40

    /// A name and its help, side by side where the name is short enough.
    private func entry(_ name: String, _ help: String) -> [String] {
        let start = "  \(name)"
        var lines = wrapped(help, indent: Self.column)
        if start.count + 2 > Self.column { return [start] + lines }
        lines[0] = start + lines[0].dropFirst(start.count)
        return lines
    }

    /// Lines of at most `width` columns, each behind `indent` spaces; at least one.
    private func wrapped(_ text: String, indent: Int) -> [String] {
        let margin = String(repeating: " ", count: indent)
        let limit = max(width, indent + 30)
        var lines: [String] = []
        var line = margin
        // Counted incrementally, so that no line is measured again for each word.
        var columns = indent
        for word in text.split(separator: " ") {
            let length = word.unicodeScalars.count
            if columns > indent, columns + 1 + length > limit {
                lines.append(line)
                line = margin
                columns = indent
            }
            if columns > indent {
                line += " "
                columns += 1
            }
            line += word
            columns += length
        }
        return lines + [line]
    }
}
