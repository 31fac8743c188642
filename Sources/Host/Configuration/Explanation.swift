import ByteKeys
public import JSON
import PluginWire

/// The way in which a setting of an image got its value: every assignment in order, and the files that do not match.
public struct Explanation: Sendable {
    public let setting: SettingDefinition
    public let image: String
    /// The weakest first.
    public let steps: [Step]
    public let value: Value
    /// Files whose conditions do not hold and that set the setting or whose whole directory does not count.
    public let skipped: [SkippedFile]

    /// One assignment.
    public struct Step: Sendable {
        public var assignment: Assignment
        /// True if the image has it from the main image.
        public var isInherited: Bool
        /// True if nothing after it replaced or reset it.
        public var isEffective: Bool
    }
}

extension LoadedConfiguration {
    /// Explains a setting for each image of these names, or for all images.
    public func explain(_ row: SettingDefinition, images names: [String] = []) -> [Explanation] {
        let all = (tools.map { [$0] } ?? []) + images
        let wanted = names.isEmpty ? all : all.filter { names.containsBytes(of: $0.name) }
        let main = images.last?.assignments(to: row.name) ?? []
        let isPassedOn = row.scope != .local && row.scope != .main
        return wanted.map { image in
            let assignments = image.assignments(to: row.name)
            let last = assignments.lastIndex { assignment in
                if case .append = assignment.change { false } else { true }
            }
            let isMain = image.name == images.last?.name
            let steps = assignments.enumerated().map { index, assignment in
                Explanation.Step(
                    assignment: assignment,
                    isInherited: !isMain && isPassedOn && main.contains(assignment),
                    isEffective: index >= last ?? 0
                )
            }
            return Explanation(
                setting: row,
                image: image.name,
                steps: steps,
                value: image.value(named: row.name),
                skipped: skipped.filter { $0.image.hasSameBytes(as: image.name) && mentions($0, row) }
            )
        }
    }

    /// Returns whether a file would set the setting if it applied; a main file represents its whole directory.
    private func mentions(_ file: SkippedFile, _ row: SettingDefinition) -> Bool {
        if file.isDirectory { return true }
        guard let text = files.first(where: { $0.path.hasSameBytes(as: file.path) })?.text,
            let parsed = try? ConfigurationFile(path: file.path, text: text)
        else { return true }
        let names = [row.name] + row.oldNames
        return parsed.sections.contains { section in
            ConditionSection(rawValue: section.name) == nil && section.entries.contains { names.contains($0.name) }
        }
    }
}

extension SkippedFile {
    /// Returns whether its conditions exclude its whole directory.
    public var isDirectory: Bool { path.hasSuffix("/mkosi.conf") }
}

extension Explanation {
    /// The object that `mkosi explain --json` prints for one image.
    public var json: JSON {
        var object: ByteDictionary<JSON> = [
            "Image": .string(image), "Value": value.json, "Assignments": .array(steps.map(\.json)),
            "Skipped": .array(skipped.map(\.json)),
        ]
        object["Default"] = steps.isEmpty ? .string(setting.defaultValue.reason ?? "nothing") : .null
        return .object(object)
    }
}

extension Explanation.Step {
    fileprivate var json: JSON {
        var object: ByteDictionary<JSON> = ["Inherited": .bool(isInherited), "Counts": .bool(isEffective)]
        switch assignment.origin {
        case .file(let path, let line, let column):
            object["Path"] = .string(path)
            object["Line"] = .integer(line)
            object["Column"] = .integer(column)
        case .option(let name): object["Option"] = .string(name)
        case .defaultPath(let path): object["DefaultPath"] = .string(path)
        case .standard: break
        }
        switch assignment.change {
        case .set(let value):
            object["Action"] = "set"
            object["Value"] = value.json
        case .append(let value):
            object["Action"] = "append"
            object["Value"] = value.json
        case .reset: object["Action"] = "reset"
        }
        return .object(object)
    }
}

extension SkippedFile {
    fileprivate var json: JSON {
        let conditions = conditions.map { condition in
            JSON.object([
                "Section": .string(condition.section), "Line": .integer(condition.line),
                "Column": .integer(condition.column), "Condition": .string(condition.text),
                "Actual": condition.actual.map(JSON.string) ?? .null,
            ])
        }
        return .object(["Path": .string(path), "WholeDirectory": .bool(isDirectory), "Conditions": .array(conditions)])
    }
}
