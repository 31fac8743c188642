public import BootKit
internal import System

/// Patterns that choose kernel modules or firmware, as `KernelModules=` and `FirmwareFiles=` have them.
public struct ModulePatterns {
    private let patterns: [Pattern]

    private struct Pattern {
        var isExclusion: Bool
        var rule: Rule
    }

    private enum Rule {
        case glob(GlobRule)
        /// A text that is found anywhere in a path, and the path's ending behind it.
        case expression(Regex<AnyRegexOutput>, suffix: String)
    }

    private struct GlobRule {
        /// It begins with a slash: it matches from the top.
        var isAnchored: Bool
        /// It ends with a slash: it matches all that is below a directory.
        var isDirectory: Bool
        var components: [String]
    }

    /// No patterns, which match nothing.
    public init() { patterns = [] }

    /// - Parameters:
    ///   - texts: Globs, and regular expressions after `re:`, evaluated in order; a dash before one excludes what it
    ///     matches.
    ///   - suffix: What regular expressions find at the end of a path, where globs find nothing: `.ko`.
    /// - Throws: `input` for an expression that cannot be read.
    public init(_ texts: [String], suffix: String = "") throws(BootError) {
        var patterns: [Pattern] = []
        for text in texts {
            let isExclusion = text.hasPrefix("-")
            let word = isExclusion ? String(text.dropFirst()) : text
            guard let rule = try Self.rule(word, suffix) else { continue }
            patterns.append(Pattern(isExclusion: isExclusion, rule: rule))
        }
        self.patterns = patterns
    }

    private static func rule(_ word: String, _ suffix: String) throws(BootError) -> Rule? {
        if word.hasPrefix("re:") {
            let text = String(word.dropFirst("re:".count))
            guard let expression = try? Regex(text) else {
                throw BootError(
                    .input,
                    "The regular expression \"\(text)\" cannot be read",
                    hint: "Use globs: drivers/nvme/"
                )
            }
            return .expression(expression, suffix: suffix)
        }
        let components = Paths.components(word).map { plain($0, isPattern: true) }
        guard !components.isEmpty else { return nil }
        let isDirectory = word.utf8.last == UInt8(ascii: "/")
        return .glob(GlobRule(isAnchored: Paths.isAbsolute(word), isDirectory: isDirectory, components: components))
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
        for pattern in patterns.reversed() {
            let matches =
                switch pattern.rule {
                case .glob(let glob): Self.matches(components, glob, prefix)
                case .expression(let expression, let suffix):
                    (Self.relative(path, prefix) + suffix).firstMatch(of: expression) != nil
                }
            if matches { return !pattern.isExclusion }
        }
        return nil
    }

    /// Regular expressions are older than globs, and see paths without the directory.
    private static func relative(_ path: String, _ prefix: String?) -> String {
        guard let prefix, path.hasPrefix("\(prefix)/") else { return path }
        return String(path.dropFirst(prefix.count + 1))
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

    private static func matches(_ path: [String], _ pattern: GlobRule, _ prefix: String?) -> Bool {
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
