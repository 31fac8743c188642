/// The answer of `mkosi-sign`: one JSON object on one line of its standard output, in the order of the requests.
public struct SigningAnswer: Codable, Sendable, Equatable {
    /// In Base64.
    public var signature: String?
    /// DER in Base64.
    public var certificate: String?
    /// PEM.
    public var publicKey: String?
    /// The reason why there is no other member: one sentence without its final full stop.
    public var error: String?
    /// One more sentence: what the user can do.
    public var hint: String?

    public init() {}

    public init(error: String, hint: String? = nil) {
        self.error = error
        self.hint = hint
    }
}
