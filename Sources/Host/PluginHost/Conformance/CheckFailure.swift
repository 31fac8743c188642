/// The reason why a check of the conformance suite failed, in one sentence without its final full stop.
struct CheckFailure: Error {
    var reason: String

    init(_ reason: String) {
        self.reason = reason
    }
}
