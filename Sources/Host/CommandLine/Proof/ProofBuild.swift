import Builder
import Configuration
import Display
import Execution
import Glibc
import LockFile
import Reproducibility
import Support

/// One of two builds that are compared: all images of the project, one after the other.
struct ProofBuild {
    let context: CommandContext
    let cancellation: Cancellation
    let lock: ImageLock?
    /// The images as the project has them, whose outputs other images may name by their paths.
    let originals: [ImageConfiguration]
    /// Returns the special conditions for the build of an image.
    var conditions: (ImageConfiguration) throws(Failure) -> ProofConditions
    /// Runs before an image is built.
    var prepare: (ImageConfiguration) throws(Failure) -> Void = { _ in }

    /// An image that was built.
    struct Built {
        var image: ImageConfiguration
        var outputs: [String]
        var conditions: ProofConditions
    }

    private func moves(of images: [ImageConfiguration]) -> OutputMoves {
        OutputMoves(from: originals, to: images, catalogue: context.facts)
    }

    func run(_ title: String) throws(Failure) -> [Built] {
        umask(BuildPreparation.mask)
        let loaded = try context.configuration()
        let scripts = ConfigureScripts(context: context, cancellation: cancellation)
        var images: [ImageConfiguration] = []
        for image in loaded.images { images.append(try moves(of: loaded.images).applied(to: scripts.run(on: image))) }
        try BuildPreparation.checkOutputs(of: images)
        // Before the scripts of the first one run.
        let pins = context.buildEnvironment(cancellation, pinning: images).pins
        var result: [Built] = []
        for image in images {
            try prepare(image)
            let conditions = try conditions(image)
            let reporter = context.display.reporter(of: image.name)
            var environment = context.buildEnvironment(cancellation)
            environment.pins = pins
            environment.display = reporter
            environment.conditions = conditions.conditions
            let (build, timing) = BuildPreparation.prepare(image, context, cancellation, lock, environment: environment)
            let outputs = try reporter.imageBuild(title: title) { () throws(Failure) in
                try reporter.whileTicking { () throws(Failure) in
                    try environment.jobs.withJob(rank: 0) { () throws(Failure) in try build.run() }
                }
            }
            if context.invocation[SharedOptions.debugTiming] { timing.report(to: context.display) }
            result.append(Built(image: image, outputs: outputs.map(\.path), conditions: conditions))
        }
        return result
    }
}
