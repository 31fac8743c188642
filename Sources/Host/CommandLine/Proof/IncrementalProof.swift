import Builder
import ByteKeys
import Configuration
import Display
import Execution
import Glibc
import Reproducibility
import Support
import System

/// `--prove`: builds everything again from nothing, and compares it with what is there.
struct IncrementalProof {
    let context: CommandContext
    let cancellation: Cancellation
    let lock: ImageLock?

    private static let option = "--prove"

    /// Proves the outputs of images, which are where the project puts them.
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
        let begun = Int(time(nil))
        let records = try directory.directory("records")
        let scratch = try directory.directory("scratch")
        let installation = Installation.current()
        let variables = context.host.environment
        var kept: ByteDictionary<[StepRecord]> = [:]
        for image in images {
            let recorder = try BuildRecorder(directory: "\(records)/kept-\(image.name)", installation: installation)
            kept[image.name] = try recorder.recordLayers(of: image, variables: variables)
        }
        let earlier = kept
        var build = ProofBuild(
            context: try directory.context(context, of: main, name: "new"),
            cancellation: cancellation,
            lock: lock,
            originals: images,
            conditions: { image throws(Failure) in
                let recorder = try BuildRecorder(
                    directory: "\(records)/new-\(image.name)",
                    installation: installation,
                    reference: earlier[image.name] ?? []
                )
                var conditions = ProofConditions(recorder: recorder)
                conditions.keepsSources = true
                return conditions
            }
        )
        build.prepare = { image throws(Failure) in
            guard let other = images.first(where: { $0.name.hasSameBytes(as: image.name) }) else { return }
            try ProofSeed.copyChoices(from: other, to: image, variables: variables)
        }
        var results: [(image: ImageConfiguration, result: OutputCheck.Result)] = []
        for built in try build.run("from nothing") {
            guard let image = images.first(where: { $0.name.hasSameBytes(as: built.image.name) }) else { continue }
            let check = OutputCheck(
                image: image,
                installation: installation,
                cancellation: cancellation,
                scratch: scratch,
                begun: begun,
                isVaried: false
            )
            let placed = built.outputs.map { Paths.join(image.outputDirectory, Paths.name($0)) }
            let result = try check.compare(
                first: placed.filter { Files.kind(of: $0) != nil },
                second: built.outputs,
                records: (earlier[image.name] ?? [], built.conditions.recorder),
                isComplete: false
            )
            results.append((image, result))
        }
        return try FindingReport(context: context, names: ("the kept build", "the build from scratch")).write(results)
    }
}
