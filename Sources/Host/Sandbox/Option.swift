/// One option of the command line: its name, what it takes, and what it does to a plan.
struct Option: Sendable {
    let name: String
    /// The names of its values.
    let values: [String]
    let summary: String
    let apply: @Sendable (inout PlanParser, [String]) throws(SandboxError) -> Void

    init(
        _ name: String,
        _ values: [String] = [],
        _ summary: String,
        _ apply: @escaping @Sendable (inout PlanParser, [String]) throws(SandboxError) -> Void
    ) {
        self.name = name
        self.values = values
        self.summary = summary
        self.apply = apply
    }
}
