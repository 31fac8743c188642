import Builder
import Configuration
import Execution
import Glibc
import Support
import System

/// The image that a verb runs, serves or reads, with its output.
struct BuiltImage {
    let image: ImageConfiguration
    /// The path of its main output.
    let output: String
    /// The places that the paths of the configuration lead to, whatever scripts of a build have changed.
    let pins: PinnedPaths

    /// Builds the image if there is no output, or if `--force` asks for it, and works with it.
    ///
    /// - Parameters:
    ///   - context: What the verb works with.
    ///   - cancellation: Ends a build.
    ///   - check: Throws for settings that the verb cannot carry out, before anything is built.
    ///   - body: Works with the image, and returns the exit status.
    /// - Returns: The exit status of the body, or of a build that failed.
    /// - Throws: What the checks, the build and the body throw.
    static func use(
        _ context: CommandContext,
        _ cancellation: Cancellation,
        check: (ImageConfiguration) throws(Failure) -> Void = { _ throws(Failure) in },
        _ body: (BuiltImage) throws(Failure) -> CInt
    ) throws(Failure) -> CInt {
        let loaded = try context.configuration()
        guard let main = loaded.images.last else { return 0 }
        let image = try ConfigureScripts(context: context, cancellation: cancellation).run(on: main)
        try check(image)
        let output = Paths.join(image.outputDirectory, image.outputFileName)
        // Before scripts of a build run.
        let pins = context.buildEnvironment(cancellation, pinning: Array(loaded.images.dropLast()) + [image]).pins
        if context.invocation[SharedOptions.force] > 0 || Files.kind(of: output) == nil {
            var build = context.withoutWarnings
            build.invocation.arguments = []
            let status = try BuildVerb.run(build, cancellation)
            if status != 0 { return status }
        }
        return try body(BuiltImage(image: image, output: OutputLink.output(at: output), pins: pins))
    }

    /// The image where it is there already, for verbs that build nothing.
    static func existing(_ context: CommandContext, _ cancellation: Cancellation) throws(Failure) -> BuiltImage {
        let loaded = try context.configuration()
        guard let main = loaded.images.last else { throw Failure(.missing, "There is no image in this project") }
        let image = try ConfigureScripts(context: context, cancellation: cancellation).run(on: main)
        let path = Paths.join(image.outputDirectory, image.outputFileName)
        guard Files.kind(of: path) != nil else {
            throw Failure(.missing, "There is no image \(path) yet", hint: "Build it with mkosi")
        }
        let pins = context.buildEnvironment(cancellation, pinning: [image]).pins
        return BuiltImage(image: image, output: OutputLink.output(at: path), pins: pins)
    }
}
