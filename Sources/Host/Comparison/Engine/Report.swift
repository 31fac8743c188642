import ComparisonWire

/// Takes the differences that are found, and counts those that are too many to be listed.
final class Report {
    let request: ComparisonRequest
    private let sink: (Difference) -> Void
    /// How many differences there are, also those beyond the limit.
    private(set) var count = 0

    init(_ request: ComparisonRequest, sink: @escaping (Difference) -> Void) {
        self.request = request
        self.sink = sink
    }

    func add(_ difference: Difference) {
        count += 1
        if count <= request.limit { sink(difference) }
    }

    /// What is found while it is not certain that it counts.
    final class Draft {
        fileprivate(set) var found: [Difference] = []
    }

    /// A report of its own, whose differences go nowhere before `take` is called.
    func draft() -> (report: Report, draft: Draft) {
        let draft = Draft()
        return (Report(request) { draft.found.append($0) }, draft)
    }

    /// Takes over what was found after all.
    func take(_ report: Report, _ draft: Draft) {
        for difference in draft.found { add(difference) }
        count += report.count - draft.found.count
    }
}
