/// Why the host cannot use what a plugin answered, or what it left.
public struct AnswerFlaw: Error, Sendable, Equatable {
    /// The rest of a sentence that begins with the plugin, without a final full stop.
    public var reason: String

    init(_ reason: String) {
        self.reason = reason
    }
}

extension AnswerFlaw {
    /// Text of a plugin in quotation marks, on one line and short.
    static func quoted(_ text: String) -> String { "\"\(Excerpt.text(String(text.prefix(80))))\"" }
}
