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

/// `mkosi build`: builds the images, in parallel if they do not depend on each other.
enum BuildVerb: VerbCommand {
    static var description: VerbDescription {
        VerbDescription("build", .words, usage: "[-- ARGUMENT…]", "Build the image; the default verb")
            .example("mkosi --package bash,vim --force")
            .options(SharedOptions.building)
            .option(checkReproducible)
            .option(prove)
            .option(SharedOptions.json.help("Print the findings of --check-reproducible and --prove as JSON"))
            .dropIn()
    }

    static let checkReproducible = CommandOption<Bool>.flag(
        "--check-reproducible",
        "Build twice under varied conditions, and list differences and their causes"
    )
    static let prove = CommandOption<Bool>.flag(
        "--prove",
        "Rebuild from scratch, and compare the result with the existing outputs"
    )

    static func run(_ context: CommandContext) throws(Failure) -> CInt { try run(context, nil) }

    /// Builds for another verb, which may watch for signals already.
    static func run(_ context: CommandContext, _ watching: Cancellation?) throws(Failure) -> CInt {
        let loaded = try context.configuration()
        let kept = keptOutput(of: loaded, context.invocation)
        let isCompared = context.invocation[BuildVerb.checkReproducible] || context.invocation[BuildVerb.prove]
        if let output = kept, !isCompared {
            context.display.buildStarted(verb: "build", images: loaded.images.map(\.name))
            context.display.log(.info, "\(output) already exists; use --force to replace it")
            let size = Files.size(of: output)
            context.display.reporter(of: loaded.images.last?.name ?? "")
                .send(.output(BuildEvent.Output(path: output, size: size, isNew: false)))
            return 0
        }
        // The caller's mask must not decide the modes of an image.
        umask(BuildPreparation.mask)
        context.display.buildStarted(verb: "build", images: loaded.images.map(\.name))
        let cancellation = if let watching { watching } else { try watchSignals() }
        do throws(Failure) {
            let lock = try ProjectLock.ofBuild(context, cancellation)
            if context.invocation[BuildVerb.checkReproducible] {
                return try ReproducibilityCheck(
                    context: context,
                    cancellation: cancellation,
                    lock: lock,
                    placesOutputs: kept == nil
                ).run(loaded.images)
            }
            let scripts = ConfigureScripts(context: context, cancellation: cancellation)
            var images: [ImageConfiguration] = []
            for image in loaded.images { images.append(try scripts.run(on: image)) }
            try BuildPreparation.checkOutputs(of: images)
            let proof = IncrementalProof(context: context, cancellation: cancellation, lock: lock)
            if context.invocation[BuildVerb.prove], kept != nil { return try proof.run(images) }
            if context.invocation[SharedOptions.rerunBuildScripts] { images = try imagesToRerun(images) }
            // Report before the first image is built that the second one cannot be.
            for image in images { try BuildPreparation.prepare(image, context, cancellation, lock).build.check() }
            if context.invocation[SharedOptions.force] > 2 {
                let caches = BuildCaches.packages(of: images, variables: context.host.environment) { cache in
                    context.display.log(.warning, BuildCaches.warning(keeping: cache, command: "mkosi -fff"))
                }
                for path in caches {
                    try TreeDisposal.remove(path, installation: .current())
                }
            }
            if context.invocation[SharedOptions.wipeBuildDirectory] {
                try BuildCaches.wipeBuildDirectories(
                    of: images,
                    variables: context.host.environment,
                    installation: .current()
                )
            }
            try build(images, context, cancellation, lock)
            if let main = loaded.images.last { try context.keepOptions(of: main) }
            if context.invocation[SharedOptions.autoBump] == true, let version = loaded.images.last?[.imageVersion] {
                try ImageVersionFile(directory: context.directory).write(version)
            }
            return context.invocation[BuildVerb.prove] ? try proof.run(images) : 0
        } catch {
            guard error.code == .cancelled else { throw error }
            context.display.report(Failure(.cancelled, "Cancelled; nothing was left behind"))
            return 128 + (cancellation.signal ?? SIGINT)
        }
    }

    /// The main image's output if it already exists and a new one was not requested.
    private static func keptOutput(of loaded: LoadedConfiguration, _ invocation: Invocation) -> String? {
        guard let main = loaded.images.last, main.format?.needsTree != false else { return nil }
        let path = Paths.join(main.outputDirectory, main.outputFileName)
        let isWanted = invocation[SharedOptions.force] > 0 || invocation[SharedOptions.rerunBuildScripts]
        return !isWanted && Files.kind(of: path) != nil ? path : nil
    }

    /// The images with build scripts to run once more, each of which has to have been built incrementally.
    private static func imagesToRerun(_ images: [ImageConfiguration]) throws(Failure) -> [ImageConfiguration] {
        let option = "--rerun-build-scripts"
        for image in images where image[.incremental] == "no" {
            throw Failure(.configuration, "\(option) needs an incremental build", hint: "Set Incremental=yes")
        }
        let result = images.filter { !$0[.buildScripts].isEmpty }
        for image in result where image.format?.needsTree != false {
            let path = Paths.join(image.outputDirectory, image.outputFileName)
            if Files.kind(of: path) != nil { continue }
            throw Failure(.missing, "\(option) needs a built image, but \(path) does not exist")
        }
        if result.isEmpty { throw Failure(.configuration, "\(option) found no build scripts to run") }
        return result
    }

    /// Returns a value that reports from now on that the user gave up.
    static func watchSignals() throws(Failure) -> Cancellation {
        do throws(SystemCallError) {
            let cancellation = try Cancellation()
            try cancellation.followSignals()
            return cancellation
        } catch {
            throw Failure(.system, "Cannot watch for signals", cause: error)
        }
    }

    private static func build(
        _ images: [ImageConfiguration],
        _ context: CommandContext,
        _ cancellation: Cancellation,
        _ lock: ImageLock?
    ) throws(Failure) {
        var shared = context.buildEnvironment(cancellation, pinning: images)
        // An interactive shell needs the terminal to itself.
        if context.invocation[SharedOptions.debugShell], images.count > 1 { shared.jobs = JobBudget(1) }
        let scheduler = ImageScheduler(
            names: images.map(\.name),
            schedule: ImageSchedule(images),
            budget: shared.jobs,
            cancellation: cancellation
        )
        try context.display.whileTicking { () throws(Failure) in
            try scheduler.run { [shared] index, gate throws(Failure) in
                let image = images[index]
                var environment = shared
                let reporter =
                    images.count > 1 ? context.display.labelled(image.name) : context.display.reporter(of: image.name)
                environment.display = reporter
                let (build, timing) = BuildPreparation.prepare(
                    image,
                    context,
                    cancellation,
                    lock,
                    environment: environment,
                    beforeAssembly: gate
                )
                try reporter.imageBuild { () throws(Failure) in
                    let outputs = try build.run()
                    if context.invocation[SharedOptions.debugTiming] { timing.report(to: reporter) }
                    for output in outputs { reporter.send(.output(output.event(for: reporter))) }
                }
            }
        }
    }
}
