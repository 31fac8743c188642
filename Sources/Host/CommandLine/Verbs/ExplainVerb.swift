import ByteKeys
import Configuration
import Display
import JSON
import PluginWire
import Support
import System

/// `mkosi explain SETTING`: every line that set, added to or reset a setting, and its value in the end.
enum ExplainVerb: VerbCommand {
    static var description: VerbDescription {
        VerbDescription("explain", .words, usage: "SETTING [IMAGE…]", "Show the origin of a setting's value")
            .details(
                "Lists each file and line, option or default path that set, extended or reset the setting, in order of increasing "
                    + "priority, then the value, and the skipped files with the conditions that failed.",
                "Without image names, all images are explained. With --json, the result is an object."
            )
            .completes(.settings)
            .example("mkosi explain Packages")
            .option(SharedOptions.autoBump.help("Show the configuration of the next version"))
            .option(SharedOptions.json.help("Print the explanation as JSON"))
    }

    static func run(_ context: CommandContext) throws(Failure) -> CInt {
        let arguments = context.invocation.arguments
        guard let name = arguments.first else {
            throw Failure(
                .usage,
                "mkosi explain needs the name of a setting",
                hint: "For example: mkosi explain Packages"
            )
        }
        let registry = context.registry
        let word = name.hasSuffix("=") ? String(name.dropLast()) : name
        guard let row = registry.setting(named: word) ?? registry.setting(option: "--\(word)") else {
            throw Failure(
                .usage,
                "There is no setting \(word)=",
                hint: Suggestion.hint(for: word, in: registry.names) ?? "mkosi --help lists all settings"
            )
        }
        let loaded = try context.configuration()
        let names = Array(arguments.dropFirst())
        for name in names where loaded.image(named: name) == nil {
            throw Failure(
                .missing,
                "There is no image \"\(name)\"",
                hint: "Images are: \(loaded.images.map(\.name).joined(separator: ", "))"
            )
        }
        let explanations = loaded.explain(row, images: names)
        if context.invocation[SharedOptions.json] {
            let json = JSON.object([
                "Setting": .string(row.name), "Section": .string(row.section.rawValue),
                "Images": .array(explanations.map(\.json)),
            ])
            try context.output.write(json.indentedText)
        } else {
            try context.output.page(explanations.map { text($0, context) }.joined(separator: "\n"))
        }
        return 0
    }

    private static func text(_ explanation: Explanation, _ context: CommandContext) -> String {
        let row = explanation.setting
        var lines = [
            context.output.heading("IMAGE: \(explanation.image)"), "    [\(row.section.rawValue)] \(row.name)=",
        ]
        for step in explanation.steps {
            let notes = [step.isInherited ? "from the main image" : nil, step.isEffective ? nil : "overridden"]
            let note = notes.compactMap { $0 }.joined(separator: ", ")
            let place = place(of: step.assignment.origin, context)
            lines.append("    \(place) \(action(of: step, row))\(note.isEmpty ? "" : " (\(note))")")
        }
        if explanation.steps.isEmpty {
            let reason = row.defaultValue.reason.map { ": \($0)" } ?? ""
            lines.append("    not set; using the default\(reason)")
        }
        lines.append("    value: \(words(of: explanation.value, row))")
        for file in explanation.skipped {
            let what = file.isDirectory ? "skipped, with its directory" : "does not count"
            let path = file.path.relative(to: context.directory)
            lines.append("    \(printable(path)) \(what):")
            for condition in file.conditions {
                let actual = condition.actual.map { "it is \($0)" } ?? "there is none"
                lines.append(
                    "        \(condition.line):\(condition.column): [\(condition.section)] "
                        + printable("\(condition.text), but \(actual)")
                )
            }
        }
        return lines.joined(separator: "\n") + "\n"
    }

    private static func place(of origin: Origin, _ context: CommandContext) -> String {
        switch origin {
        case .file(let path, let line, let column):
            printable("\(path.relative(to: context.directory)):\(line):\(column):")
        case .option(let name): "\(name):"
        case .defaultPath(let path): printable("\(path.relative(to: context.directory)) exists:")
        case .standard: "default:"
        }
    }

    private static func action(of step: Explanation.Step, _ row: SettingDefinition) -> String {
        switch step.assignment.change {
        case .set(let value): "sets \(words(of: value, row))"
        case .append(let value): "adds \(words(of: value, row))"
        case .reset: row.kind.isCollection ? "removes everything so far" : "resets to the default"
        }
    }

    private static func words(of value: Value, _ row: SettingDefinition) -> String {
        if row.isSecret, !value.isUnset { return "(set)" }
        return value.displayText.map(printable) ?? "none"
    }
}
