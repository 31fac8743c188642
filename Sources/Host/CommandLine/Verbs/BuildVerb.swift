import Build
import Configuration
import Display
import Execution
import Glibc
import PluginWire
import Support

/// `mkosi build`: builds the images, one after the other.
enum BuildVerb: VerbCommand {
    static var description: VerbDescription {
        VerbDescription("build", .words, usage: "[-- ARGUMENT…]", "Build the image; the verb when none is given")
    }

    static func run(_ context: CommandContext) throws(Failure) -> CInt {
        let loaded = try context.configuration()
        if let output = keptOutput(of: loaded, context.invocation) {
            context.display.log(.info, "\(output) exists already and stays; build with --force to replace it")
            return 0
        }
        // The caller's mask must not decide the modes of an image.
        umask(0o022)
        let cancellation = try watchSignals()
        let lock = try ProjectLock.ofBuild(context)
        do throws(Failure) {
            let scripts = ConfigureScripts(context: context, cancellation: cancellation)
            var images: [ImageConfiguration] = []
            for image in loaded.images { images.append(try scripts.run(on: image)) }
            try checkOutputs(of: images)
            if context.invocation.rerunBuildScripts { images = try imagesToRerun(images) }
            // Nobody wants to wait for the first image to learn that the second one cannot be built.
            for image in images { try prepare(image, context, cancellation, lock).build.check() }
            if context.invocation.force > 2 {
                try EarlierBuilds.removePackages(
                    of: images,
                    variables: context.host.environment,
                    installation: .current()
                )
            }
            if context.invocation.wipeBuildDirectory {
                try EarlierBuilds.wipeBuildDirectories(of: images, installation: .current())
            }
            for image in images {
                if images.count > 1 { context.display.log(.info, "Building the image \(image.name)") }
                try build(image, context, cancellation, lock)
            }
            if let main = loaded.images.last { try context.keepOptions(of: main) }
            if context.invocation.autoBump, let version = loaded.images.last?[.imageVersion] {
                try ImageVersionFile(directory: context.directory).write(version)
            }
            return 0
        } catch {
            guard error.code == .cancelled else { throw error }
            context.display.report(Failure(.cancelled, "Cancelled; nothing was left behind"))
            return 128 + (cancellation.signal ?? SIGINT)
        }
    }

    /// The main image's output when it is there already, and nobody asked for a new one.
    private static func keptOutput(of loaded: LoadedConfiguration, _ invocation: Invocation) -> String? {
        guard let main = loaded.images.last, main.format?.needsTree != false else { return nil }
        let path = Paths.join(main.outputDirectory, main.outputFileName)
        let isWanted = invocation.force > 0 || invocation.rerunBuildScripts
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
            throw Failure(.missing, "\(option) needs an image that is built, and \(path) is not there")
        }
        if result.isEmpty { throw Failure(.configuration, "\(option) finds no build scripts to run") }
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
        var owners: [String: String] = [:]
        for image in images {
            let path = Paths.join(image.outputDirectory, image.outputFileName)
            if let other = owners.updateValue(image.name, forKey: path) {
                throw Failure(
                    .configuration,
                    "The images \(other) and \(image.name) would both write \(path)",
                    hint: "Give one of them another name with Output="
                )
            }
        }
    }

    static func prepare(
        _ image: ImageConfiguration,
        _ context: CommandContext,
        _ cancellation: Cancellation,
        _ lock: ImageLock?
    ) -> (build: ImageBuild, timing: Timing) {
        let timing = Timing()
        let environment = context.buildEnvironment(cancellation, timing)
        var options = ImageBuild.Options(variables: context.host.environment)
        options.hostIdentity = context.host.osRelease.id
        options.force = context.invocation.force
        options.lock = lock
        options.keepWorkspace = context.invocation.debugWorkspace
        options.arguments = context.invocation.arguments
        options.rerunsBuildScripts = context.invocation.rerunBuildScripts
        options.opensShell = context.invocation.debugShell
        let build = ImageBuild(
            image: image,
            catalogue: context.plugins,
            environment: environment,
            options: options
        )
        return (build, timing)
    }

    private static func build(
        _ image: ImageConfiguration,
        _ context: CommandContext,
        _ cancellation: Cancellation,
        _ lock: ImageLock?
    ) throws(Failure) {
        let start = ContinuousClock.now
        let (build, timing) = prepare(image, context, cancellation, lock)
        let outputs = try context.display.whileTicking { () throws(Failure) in try build.run() }
        if context.invocation.debugTiming { timing.report(to: context.display) }
        for path in outputs {
            let size = Files.size(of: path).map { ", \(Format.bytes($0))" } ?? ""
            context.display.log(.info, "Made \(path)\(size)")
        }
        context.display.log(.info, "Built in \(Format.duration(start.duration(to: .now)))")
    }
}
