import JSON
import PluginWire
import Sandbox
import Support
import Synchronization
import System
import TreeEditor
import TreeWire

@testable import Builder
@testable import Execution

/// Answers commands without running anything, and keeps the plans that it was given.
final class MemorySandbox: PlanExecution {
    struct Run: Sendable {
        var plan: Plan
        var options: PlanOptions

        /// The changes that `mkosi-tree` was to make.
        var edits: [TreeEdit] {
            ((try? JSONText.decode(TreeEdits.self, from: options.input))?.edits) ?? []
        }
    }

    private let made = Mutex<[Run]>([])
    /// Paths that exist in every tree.
    let existing: Set<String>
    /// The status and the output of every command but `mkosi-tree`.
    private let answer: @Sendable (Plan) -> (status: CInt, output: String)

    init(
        existing: Set<String> = [],
        answer: @escaping @Sendable (Plan) -> (status: CInt, output: String) = { _ in (0, "") }
    ) {
        self.existing = existing
        self.answer = answer
    }

    var runs: [Run] { made.withLock { $0 } }
    /// All changes to trees so far.
    var edits: [TreeEdit] { runs.flatMap(\.edits) }

    func run(
        _ plan: Plan,
        _ options: PlanOptions,
        in environment: BuildEnvironment,
        onLine: (String) -> Void
    ) throws(Failure) -> Command.Result {
        let run = Run(plan: plan, options: options)
        made.withLock { $0.append(run) }
        let edits = run.edits
        var (status, output) = answer(plan)
        if !edits.isEmpty {
            let found = edits.filter { ($0.kind == .probe || $0.kind == .list) && existing.contains($0.path) }
            let answers = TreeAnswers(existing: found.map(\.path))
            output = (try? JSONText.encode(answers)).map { String(decoding: $0, as: UTF8.self) } ?? ""
        }
        let isCaptured = options.captureLimit != nil
        let lines = output.split(separator: "\n").map(String.init)
        if !isCaptured { lines.forEach(onLine) }
        return Command.Result(
            status: .exited(status),
            output: isCaptured ? Array(output.utf8) : [],
            dropped: 0,
            tail: isCaptured ? [] : lines
        )
    }

    func interact(_ plan: Plan, in environment: BuildEnvironment) -> Int {
        made.withLock { $0.append(Run(plan: plan, options: PlanOptions(title: "terminal"))) }
        return 0
    }
}
