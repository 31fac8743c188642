/// The patterns of `KernelInitrdModules=` with its two words that stand for lists.
struct ModulePatternList {
    /// What `default` stands for, which is also the default: the patterns of the built-in configuration.
    var standard: [String]
    /// What `host` stands for: the names of the modules that the host has loaded.
    var host: [String]

    /// All patterns, of which the last one that matches a module decides.
    ///
    /// - Parameters:
    ///   - words: The value of the setting.
    ///   - excluded: Expressions of the older setting, which exclude what the built-in patterns have and no other one names.
    /// - Returns: Patterns as `ModulePatterns` takes them.
    func patterns(_ words: [String], excluded: [String]) -> [String] {
        let hasOwn = words.contains { $0 != "host" }
        let words = hasOwn ? words : ["default"] + words
        // They follow the built-in patterns, or come first where those are not used.
        let end = words.lastIndex(of: "default").map { $0 + 1 } ?? 0
        return words[..<end].flatMap(list) + Self.excluding(excluded) + words[end...].flatMap(list)
    }

    /// The same patterns, as such that exclude.
    static func excluding(_ patterns: [String]) -> [String] { patterns.map { "-\($0)" } }

    private func list(_ word: String) -> [String] {
        switch word {
        case "default": standard
        case "host": host
        default: [word]
        }
    }
}
