import ByteKeys
import JSON
import PluginWire

/// The answer that `check.json` expects.
enum Pattern {
    /// The first place at which a value does not have what a pattern asks for, as a sentence; nil: it has it all.
    ///
    /// Objects may have more members than the pattern; arrays have as many elements.
    static func difference(_ value: JSON, _ pattern: JSON, _ path: String) -> String? {
        switch (value, pattern) {
        case (.object(let members), .object(let wanted)):
            for (name, pattern) in wanted.sorted(by: { $0.key < $1.key }) {
                guard let member = members[name] else { return "\(path).\(name) is missing" }
                if let difference = difference(member, pattern, "\(path).\(name)") { return difference }
            }
            return nil
        case (.array(let elements), .array(let wanted)):
            guard elements.count == wanted.count else {
                return "\(path) has \(elements.count) elements and not \(wanted.count)"
            }
            for (index, pair) in zip(elements, wanted).enumerated() {
                if let difference = difference(pair.0, pair.1, "\(path)[\(index)]") { return difference }
            }
            return nil
        default:
            return value == pattern ? nil : "\(path) is \(show(value)) and not \(show(pattern))"
        }
    }

    private static func show(_ value: JSON) -> String {
        let text = (try? JSONText.encode(value)).map { String(decoding: $0, as: UTF8.self) } ?? "?"
        return text.count > 80 ? "\(text.prefix(80))…" : text
    }
}
