import Configuration

extension Suggestion {
    /// A question for what was probably meant: names that begin so, or one with few differences.
    static func hint(for word: String, in names: [String]) -> String? {
        func quoted(_ name: String) -> String { name.hasPrefix("-") ? name : "\"\(name)\"" }
        let longer = names.filter { $0.hasPrefix(word) }
        if word.count > 3, !longer.isEmpty {
            return "Did you mean \(longer.prefix(4).map(quoted).joined(separator: " or "))?"
        }
        return nearest(to: word, in: names).map { "Did you mean \(quoted($0))?" }
    }
}
