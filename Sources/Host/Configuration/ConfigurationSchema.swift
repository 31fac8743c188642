import ByteKeys
public import JSON
import PluginWire

/// A JSON Schema of configuration files, for editors: an object of sections, each an object of settings.
///
/// A section or setting that occurs more than once is an array of what it is once.
public struct ConfigurationSchema {
    private let registry: Registry
    private let catalogue: PluginFacts

    public init(registry: Registry, catalogue: PluginFacts) {
        self.registry = registry
        self.catalogue = catalogue
    }

    public var json: JSON {
        var definitions: ByteDictionary<JSON> = [:]
        var sections: ByteDictionary<JSON> = [:]
        for section in Section.allCases {
            definitions[section.rawValue] = object(registry.settings.filter { $0.section == section })
        }
        let conditions = conditionObject
        for section in ConditionSection.allCases { definitions[section.rawValue] = conditions }
        for name in definitions.keys {
            let reference = JSON.object(["$ref": .string("#/$defs/\(name)")])
            sections[name] = .object(["anyOf": [reference, ["type": "array", "items": reference]]])
        }
        return .object([
            "$schema": "https://json-schema.org/draft/2020-12/schema",
            "title": "Configuration of mkosi",
            "type": "object",
            "properties": .object(sections),
            "$defs": .object(definitions),
        ])
    }

    private func object(_ rows: [SettingDefinition]) -> JSON {
        var properties: ByteDictionary<JSON> = [:]
        for row in rows {
            properties[row.name] = property(row)
            for name in row.oldNames {
                var old = property(row).object ?? [:]
                old["deprecated"] = true
                old["description"] = .string("Former name of \(row.name)=.")
                properties[name] = .object(old)
            }
        }
        return .object(["type": "object", "properties": .object(properties)])
    }

    /// The schema of conditions: one text each, because prefixes such as `!` make a choice of words impossible.
    private var conditionObject: JSON {
        let text: JSON = ["anyOf": [["type": "string"], ["type": "array", "items": ["type": "string"]]]]
        let names = Conditions.names + registry.settings.filter { $0.match != nil }.map(\.name)
        let properties = ByteDictionary(names.map { ($0, text) }, uniquingKeysWith: { first, _ in first })
        return .object(["type": "object", "properties": .object(properties), "additionalProperties": false])
    }

    private func property(_ row: SettingDefinition) -> JSON {
        var property: ByteDictionary<JSON> = [
            "description": .string(row.manualText), "x-mkosi-option": .string(row.option),
            "x-mkosi-scope": .string(row.scope.rawValue),
        ]
        if let short = row.shortOption { property["x-mkosi-short-option"] = .string("-\(short)") }
        if !row.defaultPaths.isEmpty { property["x-mkosi-paths"] = .array(row.defaultPaths.map(JSON.string)) }
        if let plugin = row.plugin { property["x-mkosi-plugin"] = .string(plugin) }
        switch row.defaultValue {
        case .bool(let value): property["default"] = .bool(value)
        case .integer(let value): property["default"] = .integer(value)
        case .text(let value): property["default"] = .string(value)
        case .list(let values): property["default"] = .array(values.map(JSON.string))
        case .computed(let rule): property["x-mkosi-default"] = .string(rule.reason)
        case .none: break
        }
        let single = row.kind.schema(catalogue)
        property["anyOf"] = [single, ["type": "array", "items": single]]
        return .object(property)
    }
}
