import Builder
import ByteKeys
import Configuration
import Display
import Execution
import Glibc
import JSON
import PluginWire
import Support
import System

/// `mkosi plan`: shows what a build would do.
enum PlanVerb: VerbCommand {
    static var description: VerbDescription {
        VerbDescription("plan", .none, "Show what a build would download, run and reuse, and which inputs changed")
            .details(
                """
                Steps whose result is in the cache with the same inputs are reused. For others the changed inputs are \
                listed with the old and the new value.
                """
            )
            .example("mkosi plan --json")
            .option(SharedOptions.force.help("Plan a build that replaces outputs; twice: one without caches"))
            .options(SharedOptions.planning)
            .option(SharedOptions.json.help("Print the plan as JSON"))
    }

    static func run(_ context: CommandContext) throws(Failure) -> CInt {
        let loaded = try context.configuration()
        umask(0o022)
        let cancellation = try BuildVerb.watchSignals()
        let lock = try ProjectLock.ofBuild(context, cancellation)
        let scripts = ConfigureScripts(context: context, cancellation: cancellation)
        var plans: [ImagePlan] = []
        var outputs: [OutputReferences] = []
        for image in loaded.images {
            let image = try scripts.run(on: image)
            let build = BuildPreparation.prepare(image, context, cancellation, lock, outputsToCome: outputs).build
            let plan = try context.display.whileTicking { () throws(Failure) in try build.plan() }
            if !plan.isInPlace { outputs.append(OutputReferences(image)) }
            plans.append(plan)
        }
        if context.invocation[SharedOptions.json] {
            try context.output.write(JSON.object(["Images": .array(plans.map(json))]).indentedText)
        } else {
            try context.output.write(plans.map { text($0, context.output) }.joined(separator: "\n"))
        }
        return 0
    }

    private static func text(_ plan: ImagePlan, _ output: some CommandOutput) -> String {
        var lines = [output.heading(plan.image)]
        if !plan.fetches.isEmpty {
            lines.append("  fetch   \(plan.fetches.count) files, \(Format.bytes(plan.bytes))")
        }
        if !plan.undecided.isEmpty {
            lines.append("  open    unresolved packages: \(plan.undecided.joined(separator: ", "))")
        }
        for step in plan.steps {
            let word = state(of: step)
            let space = String(repeating: " ", count: 8 - word.utf8.count)
            lines.append("  \(word)\(space)\(step.name): \(step.title)")
            if step.isReused { continue }
            guard let changes = step.changes else {
                lines.append("            no earlier build is in the cache")
                continue
            }
            lines += changes.map { "            \(text($0))" }
            if changes.isEmpty { lines.append("            the layer was removed from the cache") }
        }
        return lines.joined(separator: "\n") + "\n"
    }

    /// Returns the word for a build's treatment of a step: one of three.
    private static func state(of step: ImagePlan.Step) -> String {
        step.isReused ? "reuse" : step.awaitsTree ? "check" : "run"
    }

    private static func text(_ change: ImagePlan.Change) -> String {
        let values = (change.old.map(shortened), change.new.map(shortened))
        switch values {
        case (nil, let new?): return "+ \(printable(change.input)): \(new)"
        case (let old?, nil): return "- \(printable(change.input)): \(old)"
        default: return "\(printable(change.input)): \(values.0 ?? "") → \(values.1 ?? "")"
        }
    }

    /// The value, with digests abbreviated.
    private static func shortened(_ value: String) -> String {
        printable(value).split(separator: " ", omittingEmptySubsequences: false).map { word in
            word.utf8.count == 64 && word.allSatisfy(\.isHexDigit) ? word.prefix(12) : word
        }.joined(separator: " ")
    }

    private static func json(_ plan: ImagePlan) -> JSON {
        let steps = plan.steps.map { step in
            JSON.object([
                "Step": .string(step.name), "Title": .string(step.title),
                "State": .string(state(of: step)),
                "Changes": step.changes.map { .array($0.map(json)) } ?? .null,
            ])
        }
        let fetches = plan.fetches.map { JSON.object(["Name": .string($0.name), "Size": .integer($0.size)]) }
        return .object([
            "Image": .string(plan.image), "Fetch": .array(fetches), "Bytes": .integer(plan.bytes),
            "Undecided": .array(plan.undecided.map(JSON.string)), "Steps": .array(steps),
        ])
    }

    private static func json(_ change: ImagePlan.Change) -> JSON {
        .object([
            "Input": .string(change.input), "Old": change.old.map(JSON.string) ?? .null,
            "New": change.new.map(JSON.string) ?? .null,
        ])
    }
}
