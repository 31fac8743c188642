/// The reason why a text is not a value of a setting: one sentence without a final full stop, and the allowed values.
struct ValueProblem: Error, Equatable {
    var message: String
    var hint: String?

    init(_ message: String, hint: String? = nil) {
        self.message = message
        self.hint = hint
    }

    /// A word that is not among those allowed.
    static func unknown(_ what: String, _ word: String, allowed: [String]) -> ValueProblem {
        let list = allowed.joined(separator: ", ")
        if let near = Suggestion.nearest(to: word, in: allowed) {
            return ValueProblem("\(what) cannot be \"\(word)\"", hint: "Did you mean \"\(near)\"? Allowed: \(list)")
        }
        return ValueProblem("\(what) cannot be \"\(word)\"", hint: "Allowed: \(list)")
    }
}
