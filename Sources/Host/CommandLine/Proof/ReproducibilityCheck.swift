import Builder
import ByteKeys
import Configuration
import Display
import Execution
import Glibc
import Reproducibility
import Support
import System

/// `--check-reproducible`: builds everything twice, from nothing and under other conditions, and compares.
struct ReproducibilityCheck {
    let context: CommandContext
    let cancellation: Cancellation
    let lock: ImageLock?
    /// True if the outputs of the first build take their place at the end, as those of a build do.
    ///
    /// Not before: they may be among the sources, which are the same for both builds.
    let placesOutputs: Bool

    private static let option = "--check-reproducible"

    func run(_ images: [ImageConfiguration]) throws(Failure) -> CInt {
        guard let main = images.last else { return 0 }
        return try ProofDirectory.whileThere(for: main, context, option: Self.option) { directory throws(Failure) in
            try run(images, main, directory)
        }
    }

    private func run(
        _ images: [ImageConfiguration],
        _ main: ImageConfiguration,
        _ directory: borrowing ProofDirectory
    ) throws(Failure) -> CInt {
        let targets = try targets(images)
        let begun = Int(time(nil))
        let records = try directory.directory("records")
        let scratch = try directory.directory("scratch")
        let installation = Installation.current()
        var contexts = (
            try directory.context(context, of: main, name: "first"),
            try directory.context(context, of: main, name: "second/of/both")
        )
        contexts.1.invocation[SharedOptions.jobs] =
            (context.invocation[SharedOptions.jobs] ?? JobBudget.processors) == 1 ? 2 : 1
        let variation = try variation(try directory.directory("locale"))
        let first = try ProofBuild(
            context: contexts.0,
            cancellation: cancellation,
            lock: lock,
            originals: images,
            conditions: { image throws(Failure) in
                let path = "\(records)/first-\(image.name)"
                return ProofConditions(recorder: try BuildRecorder(directory: path, installation: installation))
            }
        ).run("for the first time")

        // Time stamps in whole seconds must have a chance to differ.
        let ended = Int(time(nil))
        while Int(time(nil)) < ended + 2, cancellation.signal == nil { usleep(50_000) }
        var second = ProofBuild(
            context: contexts.1,
            cancellation: cancellation,
            lock: lock,
            originals: images,
            conditions: { image throws(Failure) in
                let earlier =
                    first.first { $0.image.name.hasSameBytes(as: image.name) }?.conditions.recorder.records ?? []
                var conditions = ProofConditions(
                    recorder: try BuildRecorder(
                        directory: "\(records)/second-\(image.name)",
                        installation: installation,
                        reference: earlier
                    )
                )
                conditions.variation = variation
                conditions.keepsSources = true
                return conditions
            }
        )
        second.prepare = { image throws(Failure) in
            guard let other = first.first(where: { $0.image.name.hasSameBytes(as: image.name) }) else { return }
            try ProofSeed.copyChoices(from: other.image, to: image, variables: context.host.environment)
        }
        let others = try runSecond(second)

        var results: [(image: ImageConfiguration, result: OutputCheck.Result)] = []
        for built in first {
            guard let other = others.first(where: { $0.image.name.hasSameBytes(as: built.image.name) }) else {
                continue
            }
            let check = OutputCheck(
                image: built.image,
                installation: installation,
                cancellation: cancellation,
                scratch: scratch,
                begun: begun,
                isVaried: true
            )
            let result = try check.compare(
                first: built.outputs,
                second: other.outputs,
                records: (built.conditions.recorder.records, other.conditions.recorder),
                isComplete: true
            )
            results.append((built.image, result))
        }
        if placesOutputs { try place(first, targets) }
        return try FindingReport(context: context, names: ("the first build", "the second build")).write(results)
    }

    /// The final places of the outputs.
    private struct Targets {
        var images: [ImageConfiguration] = []
        var pins = PinnedPaths()
    }

    /// Finds where the project wants the outputs, which has to be known before scripts can put links there.
    private func targets(_ images: [ImageConfiguration]) throws(Failure) -> Targets {
        var targets = Targets()
        guard placesOutputs else { return targets }
        let scripts = ConfigureScripts(context: context, cancellation: cancellation)
        for image in images { targets.images.append(try scripts.run(on: image)) }
        targets.pins = context.buildEnvironment(cancellation, pinning: targets.images).pins
        return targets
    }

    /// Moves the outputs of a build to where the project wants them.
    private func place(_ built: [ProofBuild.Built], _ targets: Targets) throws(Failure) {
        for image in targets.images {
            guard let made = built.first(where: { $0.image.name.hasSameBytes(as: image.name) }) else { continue }
            var environment = context.buildEnvironment(cancellation)
            environment.pins = targets.pins
            let build = BuildPreparation.prepare(image, context, cancellation, lock, environment: environment).build
            let reporter = context.display.reporter(of: image.name)
            for output in try build.place(made.outputs) { reporter.send(.output(output.event(for: reporter))) }
        }
    }

    /// Builds under the conditions that are not the usual ones.
    private func runSecond(_ build: ProofBuild) throws(Failure) -> [ProofBuild.Built] {
        // What the caller has for a mask must not count.
        umask(0o077)
        do throws(Failure) {
            return try Processors.limited(to: 1) { () throws(Failure) in try build.run("for the second time") }
        } catch {
            if error.code == .cancelled { throw error }
            throw Failure(
                error.code,
                "The second build failed; it differs from the first only in its conditions",
                hint: "Scripts must use the paths in $SRCDIR, $BUILDDIR, $DESTDIR and so on, not fixed ones",
                cause: error
            )
        }
    }

    private func variation(_ directory: String) throws(Failure) -> BuildVariation {
        let locale = try OtherLocale(cancellation: cancellation).find(in: directory)
        if locale == nil {
            context.display.log(
                .warning,
                "The locale is the same in both builds, because the host has only one"
                    + "\n  hint: Install one with a different sort order, such as en_US.UTF-8"
            )
        }
        let disorder = Installation.current().disorder
        return BuildVariation(locale: locale, disorder: Files.exists(disorder) ? disorder : nil)
    }
}
