import ComparisonWire

/// Collects differences up to a limit, and counts the rest.
final class Report {
    let request: ComparisonRequest
    /// Memory for blocks of both streams, used again for each file.
    let blocks: StreamBlocks
    private let sink: (Difference) -> Void
    /// The number of differences, also those beyond the limit.
    private(set) var count = 0

    init(_ request: ComparisonRequest, blocks: StreamBlocks = StreamBlocks(), sink: @escaping (Difference) -> Void) {
        self.blocks = blocks
        self.request = request
        self.sink = sink
    }

    func add(_ difference: Difference) {
        count += 1
        if count <= request.limit { sink(difference) }
    }

    /// Findings that are not confirmed yet.
    final class Draft {
        fileprivate(set) var found: [Difference] = []
    }

    /// A report of its own, whose differences go nowhere before `take` is called.
    func draft() -> (report: Report, draft: Draft) {
        let draft = Draft()
        return (Report(request, blocks: blocks) { draft.found.append($0) }, draft)
    }

    /// Takes over what was found after all.
    func take(_ report: Report, _ draft: Draft) {
        for difference in draft.found { add(difference) }
        count += report.count - draft.found.count
    }
}
