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
            .option(SharedOptions.force)
            .option(SharedOptions.autoBump)
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
        umask(mask)
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
            try checkOutputs(of: images)
            let proof = IncrementalProof(context: context, cancellation: cancellation, lock: lock)
            if context.invocation[BuildVerb.prove], kept != nil { return try proof.run(images) }
            if context.invocation[SharedOptions.rerunBuildScripts] { images = try imagesToRerun(images) }
            // Report before the first image is built that the second one cannot be.
            for image in images { try prepare(image, context, cancellation, lock).build.check() }
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

    /// The mask of files that a build makes, whatever that of the caller is.
    static let mask: mode_t = 0o022

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

    /// What says that the user gave up, from now on.
    static func watchSignals() throws(Failure) -> Cancellation {
        do throws(SystemCallError) {
            let cancellation = try Cancellation()
            try cancellation.followSignals()
            return cancellation
        } catch {
            throw Failure(.system, "Cannot watch for signals", cause: error)
        }
    }

    /// Refuses images of which one would replace the other.
    static func checkOutputs(of images: [ImageConfiguration]) throws(Failure) {
        var owners: ByteDictionary<String> = [:]
        for image in images {
            let path = Paths.join(image.outputDirectory, image.outputFileName)
            if let other = owners.updateValue(image.name, forKey: path) {
                throw Failure(
                    .configuration,
                    "The images \(other) and \(image.name) both write to \(path)",
                    hint: "Set a different Output= for one of them"
                )
            }
        }
    }

    /// The build of an image, and the timing of its phases.
    ///
    /// - Parameters:
    ///   - image: What is to be built.
    ///   - context: What the command line says.
    ///   - cancellation: What stops the build.
    ///   - lock: The packages to install, where a lock file names them.
    ///   - environment: State shared by images that are built in parallel.
    ///   - outputsToCome: For a plan, what other images make before.
    ///   - beforeAssembly: Waits for those of them that its outputs need.
    /// - Returns: Both, for the phases are told when the build has ended.
    static func prepare(
        _ image: ImageConfiguration,
        _ context: CommandContext,
        _ cancellation: Cancellation,
        _ lock: ImageLock?,
        environment: BuildEnvironment? = nil,
        outputsToCome: [OutputReferences] = [],
        beforeAssembly: @escaping ImageScheduler.Gate = {}
    ) -> (build: ImageBuild, timing: Timing) {
        var environment = environment ?? context.buildEnvironment(cancellation, pinning: [image])
        let timing = Timing()
        environment.timing = timing
        var options = ImageBuild.Options(variables: context.host.environment)
        options.hostIdentity = context.host.osRelease.id
        options.force = context.invocation[SharedOptions.force]
        options.lock = lock
        options.keepWorkspace = context.invocation[SharedOptions.debugWorkspace]
        options.arguments = context.invocation.arguments
        options.rerunsBuildScripts = context.invocation[SharedOptions.rerunBuildScripts]
        options.wipesBuildDirectory = context.invocation[SharedOptions.wipeBuildDirectory]
        environment.opensShell = context.invocation[SharedOptions.debugShell]
        options.outputsToCome = outputsToCome
        options.beforeAssembly = beforeAssembly
        let build = ImageBuild(
            image: image,
            catalogue: context.plugins,
            environment: environment,
            options: options
        )
        return (build, timing)
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
                let (build, timing) = prepare(
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
