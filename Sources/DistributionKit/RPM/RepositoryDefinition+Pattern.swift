extension RepositoryDefinition {
    /// Returns true if a word of `Repositories=` matches the identifier; each `*` matches any text.
    public func matches(_ pattern: String) -> Bool {
        let parts = pattern.split(separator: "*", omittingEmptySubsequences: false)
        guard parts.count > 1, let first = parts.first, let last = parts.last else { return id == pattern }
        guard id.hasPrefix(first) else { return false }
        var rest = id.dropFirst(first.count)
        for part in parts.dropFirst().dropLast() where !part.isEmpty {
            guard let range = rest.firstRange(of: part) else { return false }
            rest = rest[range.upperBound...]
        }
        return rest.hasSuffix(last)
    }
}
