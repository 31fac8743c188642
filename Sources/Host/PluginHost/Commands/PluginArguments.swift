import Support

/// The words after `mkosi plugin`, taken one after the other.
struct PluginArguments {
    private var words: ArraySlice<String>

    init(_ words: [String]) {
        self.words = words[...]
    }

    mutating func next() -> String? {
        words.popFirst()
    }

    mutating func required(_ what: String) throws(Failure) -> String {
        guard let word = words.popFirst(), !word.hasPrefix("-") else {
            throw Failure(.usage, "mkosi plugin needs \(what) here", hint: "Usage: mkosi plugin \(PluginCommand.usage)")
        }
        return word
    }

    /// An option and its value, which may be one word with it or the next one.
    mutating func option() throws(Failure) -> (name: String, value: String)? {
        guard let word = words.popFirst() else { return nil }
        guard word.hasPrefix("--") else {
            throw Failure(.usage, "mkosi plugin does not expect \"\(word)\"")
        }
        let parts = word.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
        if parts.count == 2 { return (parts[0], parts[1]) }
        guard let value = words.popFirst() else { throw Failure(.usage, "\(word) needs a value") }
        return (word, value)
    }

    func finish() throws(Failure) {
        if let word = words.first { throw Failure(.usage, "mkosi plugin does not expect \"\(word)\"") }
    }
}
