/// Does something with each of the items, up to `jobs` of them at the same time, and returns the results in their order.
public func parallelMap<Item: Sendable, Result: Sendable>(
    _ items: [Item],
    jobs: Int,
    _ body: @escaping @Sendable (Item) -> Result
) -> [Result] {
    let state = Monitor<(next: Int, results: [Result?])>((0, items.map { _ in nil }))
    @Sendable func work() {
        while true {
            let index = state.withLock { state in
                defer { state.next += 1 }
                return state.next
            }
            guard index < items.count else { return }
            let result = body(items[index])
            state.withLock { $0.results[index] = result }
        }
    }
    WorkerThread.share(min(jobs, items.count)) { work() }
    return state.withLock { $0.results.compactMap(\.self) }
}
