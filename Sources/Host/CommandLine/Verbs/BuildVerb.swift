import Build
import Configuration
import Display
import Execution
import Glibc
import Support

/// `mkosi build`: builds the images, one after the other.
enum BuildVerb: VerbCommand {
    static var description: VerbDescription {
        VerbDescription("build", .words, usage: "[-- ARGUMENT…]", "Build the image; the verb when none is given")
    }

    static func run(_ context: CommandContext) throws(Failure) -> CInt {
        let loaded = try context.configuration()
        for image in loaded.images { try PluginCode.check(image, context.plugins) }
        // The caller's mask must not decide the modes of an image.
        umask(0o022)
        let cancellation = try watchSignals()
        do throws(Failure) {
            for image in loaded.images { try build(image, context, cancellation) }
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

    private static func build(
        _ image: ImageConfiguration,
        _ context: CommandContext,
        _ cancellation: Cancellation
    ) throws(Failure) {
        let timing = Timing()
        let start = ContinuousClock.now
        let environment = BuildEnvironment(
            installation: .current(),
            display: context.display,
            cancellation: cancellation,
            timing: timing
        )
        var options = ImageBuild.Options(variables: context.host.environment)
        options.hostIdentity = context.host.osRelease.id
        options.force = context.invocation.force
        options.keepWorkspace = context.invocation.debugWorkspace
        let outputs = try context.display.whileTicking { () throws(Failure) in
            try ImageBuild(
                image: image,
                catalogue: context.plugins,
                environment: environment,
                options: options
            ).run()
        }
        if context.invocation.debugTiming { timing.report(to: context.display) }
        for path in outputs {
            let size = Files.size(of: path).map { ", \(Format.bytes($0))" } ?? ""
            context.display.log(.info, "Made \(path)\(size)")
        }
        context.display.log(.info, "Built in \(Format.duration(start.duration(to: .now)))")
    }
}
