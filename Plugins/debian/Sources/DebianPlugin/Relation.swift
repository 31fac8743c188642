/// One package that a relation field names, with its condition on the version.
struct Relation: Sendable, Equatable {
    var name: String
    /// `<<`, `<=`, `=`, `>=`, `>>`; nil: any version.
    var operation: String?
    var version: String?

    /// The groups of a field: all must hold, of each group one alternative.
    static func parse(_ field: String?) -> [[Relation]] {
        guard let field else { return [] }
        return field.split(separator: ",").compactMap { group in
            let alternatives = group.split(separator: "|").compactMap { Relation(alternative: $0) }
            return alternatives.isEmpty ? nil : alternatives
        }
    }

    init?(alternative: Substring) {
        let condition = alternative.split(separator: "(", maxSplits: 1)
        // The architecture after the colon and lists in brackets say nothing that matters among chosen packages.
        guard let word = Text.words(condition.first ?? "").first,
            let name = word.split(whereSeparator: { $0 == ":" || $0 == "[" }).first
        else {
            return nil
        }
        self.name = String(name)
        guard condition.count == 2 else { return }
        let inner = Text.trimmed(String(condition[1].prefix { $0 != ")" }))
        let sign = inner.prefix { $0 == "<" || $0 == ">" || $0 == "=" }
        operation = String(sign)
        version = Text.trimmed(String(inner[sign.endIndex...]))
    }

    /// Returns true if a version meets the condition.
    func allows(_ candidate: String) -> Bool {
        guard let operation, let version else { return true }
        let order = DebianVersion(candidate).compare(DebianVersion(version))
        return switch operation {
        case "<<": order < 0
        case "<=", "<": order <= 0
        case "=": order == 0
        case ">=", ">": order >= 0
        case ">>": order > 0
        default: false
        }
    }
}
