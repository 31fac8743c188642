/// The patterns of `KernelModules=` or `KernelInitrdModules=`, with the two words that stand for lists.
public struct ModulePatternList: Sendable {
    /// The meaning of `default`: the patterns of the built-in configuration of the default initrd.
    private let standard: [String]
    /// The meaning of `host`: the names of the modules that the host has loaded.
    private let host: [String]

    /// - Parameters:
    ///   - standard: The patterns that `default` stands for.
    ///   - host: The names of the modules that the host has loaded, one on each line.
    public init(standard: [String], host: String) {
        self.standard = standard
        self.host = host.split(separator: "\n").map(String.init)
    }

    /// The patterns for the archive of modules: those of the built-in configuration unless the setting has others.
    ///
    /// - Parameters:
    ///   - words: The value of the setting.
    ///   - excluded: Expressions of the older setting, which exclude what the built-in patterns have and no other one names.
    /// - Returns: Patterns as `ModulePatterns` takes them, of which the last one that matches a module decides.
    public func initrdPatterns(_ words: [String], excluded: [String]) -> [String] {
        let hasOwn = words.contains { $0 != "host" }
        let words = hasOwn ? words : ["default"] + words
        // They follow the built-in patterns, or come first where those are not used.
        let end = words.lastIndex(of: "default").map { $0 + 1 } ?? 0
        return words[..<end].flatMap(list) + Self.excluding(excluded) + words[end...].flatMap(list)
    }

    /// The patterns for an image, which has all modules unless a setting chooses among them.
    ///
    /// - Parameters: As above; what the older setting excludes is excluded from all modules.
    /// - Returns: Patterns as above; nil if nothing chooses.
    public func imagePatterns(_ words: [String], excluded: [String]) -> [String]? {
        if words.isEmpty, excluded.isEmpty { return nil }
        return (excluded.isEmpty ? [] : ["*"] + Self.excluding(excluded)) + words.flatMap(list)
    }

    /// The same patterns, as such that exclude.
    public static func excluding(_ patterns: [String]) -> [String] { patterns.map { "-\($0)" } }

    /// The words of `KernelModules=` in a configuration file that has no other setting.
    public static func patterns(ofConfiguration text: String) -> [String] {
        text.split(separator: "\n").flatMap { line -> [String] in
            if line.hasPrefix("#") || line.hasPrefix("[") { return [] }
            let value = line.hasPrefix("KernelModules=") ? line.dropFirst("KernelModules=".count) : line
            return value.split(whereSeparator: \.isWhitespace).map(String.init)
        }
    }

    private func list(_ word: String) -> [String] {
        switch word {
        case "default": standard
        case "host": host
        default: [word]
        }
    }
}
