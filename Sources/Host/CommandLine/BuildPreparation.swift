import Builder
import ByteKeys
import Configuration
import Execution
import Glibc
import LockFile
import Support
import System

/// The work before the build of an image, whichever verb builds it.
enum BuildPreparation {
    /// The mask of files that a build makes, whatever that of the caller is.
    static let mask: mode_t = 0o022

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
        environment.tracesSandboxes = context.invocation[SharedOptions.debugSandbox]
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
}
