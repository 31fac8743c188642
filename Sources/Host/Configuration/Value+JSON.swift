import ByteKeys
public import JSON
import PluginWire

extension Value {
    /// The value as `summary --json` and plugins see it.
    public var json: JSON {
        switch self {
        case .unset: .null
        case .bool(let value): .bool(value)
        case .integer(let value): .integer(value)
        case .text(let value): .string(value)
        case .list(let value): .array(value.map(JSON.string))
        case .trees(let value): .array(value.map(\.json))
        case .dictionary(let value): .object(value.mapValues(JSON.string))
        case .password(let value): .array([.string(value.text), .bool(value.isHashed)])
        case .drives(let values): .array(values.map(\.json))
        case .kernelProfiles(let values): .array(values.map(\.json))
        case .credentials(let values): .array(values.map(\.json))
        case .source(let value): .object(["Source": .string(value.source), "Type": .string(value.type)])
        }
    }
}

extension Tree {
    var json: JSON {
        .object(["Source": .string(source), "Target": target.map(JSON.string) ?? .null])
    }
}
