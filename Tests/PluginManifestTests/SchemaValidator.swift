import ByteKeys
import JSON
import PluginWire

/// As much of JSON Schema as `plugin.schema.json` uses; a word that it does not know is itself a finding.
struct SchemaValidator {
    let root: JSON

    /// What is wrong with a value, each with the way to it; empty: nothing.
    func problems(_ value: JSON) throws -> [String] { try check(value, root, "") }

    private func check(_ value: JSON, _ schema: JSON, _ path: String) throws -> [String] {
        guard case .object(let rules) = schema else { return ["\(path): the schema is no object"] }
        var found: [String] = []
        for (word, rule) in rules {
            switch word {
            case "$schema", "$defs", "title", "description", "default", "then": break
            case "$ref": found += try check(value, target(rule), path)
            case "type": if !Self.isOf(type: rule.string ?? "", value) { found.append("\(path) is no \(rule)") }
            case "const": if value != rule { found.append("\(path) is not \(rule)") }
            case "enum": if rule.array?.contains(value) != true { found.append("\(path) is none of \(rule)") }
            case "pattern":
                if let text = value.string, try text.firstMatch(of: Regex(rule.string ?? "")) == nil {
                    found.append("\(path) does not match \(rule)")
                }
            case "minLength": if let text = value.string, text.isEmpty { found.append("\(path) is empty") }
            case "minItems": if let items = value.array, items.isEmpty { found.append("\(path) is empty") }
            case "minimum":
                if case .integer(let number) = value, case .integer(let least) = rule, number < least {
                    found.append("\(path) is less than \(least)")
                }
            case "required":
                for name in (rule.array ?? []).compactMap(\.string) where value.object != nil && value[name] == nil {
                    found.append("\(path) has no \(name)")
                }
            case "properties":
                for (name, part) in rule.object ?? [:] {
                    if let member = value[name] { found += try check(member, part, "\(path).\(name)") }
                }
            case "additionalProperties":
                let known = Set(rules["properties"]?.object?.keys.map { $0 } ?? [])
                for (name, member) in value.object ?? [:] where !known.contains(name) {
                    found += try check(member, rule, "\(path).\(name)")
                }
            case "items", "prefixItems":
                let first = word == "items" ? rules["prefixItems"]?.array?.count ?? 0 : 0
                for (index, item) in (value.array ?? []).enumerated().dropFirst(first) {
                    let prefix = rule.array ?? []
                    let part = word == "items" ? rule : prefix.indices.contains(index) ? prefix[index] : nil
                    if let part { found += try check(item, part, "\(path)[\(index)]") }
                }
            case "oneOf", "anyOf":
                let fitting = try (rule.array ?? []).count { try check(value, $0, path).isEmpty }
                if fitting == 0 || word == "oneOf" && fitting > 1 { found.append("\(path) fits \(fitting) of \(word)") }
            case "not": if try check(value, rule, path).isEmpty { found.append("\(path) is what it must not be") }
            case "if":
                if try check(value, rule, path).isEmpty, let then = rules["then"] {
                    found += try check(value, then, path)
                }
            default: found.append("\(path): the schema has the unknown word \(word)")
            }
        }
        return found
    }

    private func target(_ reference: JSON) -> JSON {
        let names = (reference.string ?? "").split(separator: "/").dropFirst()
        return names.reduce(root) { $0[String($1)] ?? .null }
    }

    private static func isOf(type: String, _ value: JSON) -> Bool {
        switch (type, value) {
        case ("object", .object), ("array", .array), ("string", .string): true
        case ("integer", .integer), ("boolean", .bool): true
        default: false
        }
    }
}
