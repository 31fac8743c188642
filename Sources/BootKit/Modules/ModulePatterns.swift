internal import System

/// Patterns that choose kernel modules or firmware, as `KernelModules=` and `FirmwareFiles=` have them.
public struct ModulePatterns: Sendable {
    private let patterns: [Pattern]

    private struct Pattern: Sendable {
        var isExclusion: Bool
        /// It begins with a slash: it matches from the top.
        var isAnchored: Bool
        /// It ends with a slash: it matches all that is below a directory.
        var isDirectory: Bool
        var components: [String]
    }

    /// - Parameter texts: Globs, evaluated in order; a dash before one excludes what it matches.
    public init(_ texts: [String]) {
        patterns = texts.compactMap { text in
            let isExclusion = text.hasPrefix("-")
            let glob = isExclusion ? String(text.dropFirst()) : text
            let components = Paths.components(glob).map { Self.plain($0, isPattern: true) }
            guard !components.isEmpty else { return nil }
            return Pattern(
                isExclusion: isExclusion,
                isAnchored: Paths.isAbsolute(glob),
                isDirectory: glob.utf8.last == UInt8(ascii: "/"),
                components: components
            )
        }
    }

    public var isEmpty: Bool { patterns.isEmpty }

    /// Looks for the last pattern that matches a path; nil where none does.
    ///
    /// - Parameters:
    ///   - path: Relative, and without the suffixes of the file.
    ///   - prefix: A directory that anchored patterns may leave out: `kernel`.
    /// - Returns: What the last matching pattern says.
    public func includes(_ path: String, prefix: String? = nil) -> Bool? {
        let components = Paths.components(path).map { Self.plain($0, isPattern: false) }
        for pattern in patterns.reversed() where Self.matches(components, pattern, prefix) {
            return !pattern.isExclusion
        }
        return nil
    }

    /// Modules are known under names with underscores, whatever the file has; within brackets of a pattern a dash means
    /// a range.
    private static func plain(_ component: Substring, isPattern: Bool) -> String {
        var isInBrackets = false
        var result = ""
        for character in component {
            if isPattern, character == "[" { isInBrackets = true }
            if character == "]" { isInBrackets = false }
            result.append(character == "-" && !isInBrackets ? "_" : character)
        }
        return result
    }

    private static func matches(_ path: [String], _ pattern: Pattern, _ prefix: String?) -> Bool {
        let count = pattern.components.count
        if pattern.isAnchored {
            let starts = prefix.map { path.first == $0 ? [1, 0] : [0] } ?? [0]
            return starts.contains { start in
                let rest = path.count - start
                guard pattern.isDirectory ? rest > count : rest == count else { return false }
                return matches(path[start..<start + count], pattern.components)
            }
        }
        guard pattern.isDirectory else {
            return path.count >= count && matches(path.suffix(count), pattern.components)
        }
        // Somewhere among the directories.
        guard path.count > count else { return false }
        return (0..<path.count - count).contains { matches(path[$0..<$0 + count], pattern.components) }
    }

    private static func matches(_ components: ArraySlice<String>, _ patterns: [String]) -> Bool {
        zip(components, patterns).allSatisfy { component, pattern in
            component == pattern || (pattern.contains { "*?[".contains($0) } && Glob.matches(component, pattern))
        }
    }
}
