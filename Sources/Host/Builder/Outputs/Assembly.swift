import Configuration
import Display
import Execution
import Glibc
import PluginHost
import PluginWire
import Support

/// Lets the format plugin make the outputs out of the finished tree.
struct Assembly {
    var image: ImageConfiguration
    var format: PluginCatalogue.Format
    var environment: BuildEnvironment
    var sandbox: BuildSandbox
    /// The tree, or nil for a format that needs none.
    var root: String?
    var staging: String
    var workspacePath: String
    /// Seconds since the epoch that no time stamp may exceed.
    var sourceDateEpoch: Int?

    /// The directory that the plugin makes the outputs in: what scripts have left is elsewhere.
    private var ownStaging: String { "\(workspacePath)/assembly" }

    /// Returns the outputs, whose names are relative to the staging directory.
    func run() throws(Failure) -> [ABI.V1.Output] {
        var request = ABI.V1.Assemble(
            format: format.description.name,
            root: root,
            staging: ownStaging,
            outputName: image.outputFileName,
            baseName: image[.output],
            workspace: workspacePath
        )
        request.compression = image[.compressOutput]
        let hasLevel = !image.assignments(to: .compressLevel).isEmpty
        request.compressionLevel = hasLevel ? image[.compressLevel] : nil
        request.sourceDateEpoch = sourceDateEpoch
        request.digests = image[.checksum] || environment.display.wantsDigests ? true : nil
        request.settings = image.json(of: format.description.settings ?? [])

        try environment.cancellation.check()
        let step = environment.display.begin("Assembling \(request.outputName)", "assemble")
        let services = PluginServices(
            runner: SandboxRunner(sandbox: sandbox, environment: environment),
            fetcher: Fetcher(environment: environment, configuration: image),
            configuration: image,
            declared: format.description.settings ?? []
        )
        services.step = step
        services.phase = "assemble"
        let start = ContinuousClock.now
        defer { environment.timing.add("assemble", start.duration(to: .now)) }
        do throws(Failure) {
            do throws(SystemCallError) {
                try systemCall("mkdir", ownStaging) { mkdir(ownStaging, 0o755) }
            } catch {
                throw Failure(.system, "Cannot create a directory for the outputs", cause: error)
            }
            let session = try PluginSession.start(format.plugin, services, environment)
            let assembled = try environment.jobs.share { jobs throws(Failure) in
                request.jobs = jobs
                return try session.request(request)
            }
            session.end()
            do throws(AnswerFlaw) {
                try StagedOutputs.check(assembled.outputs, in: ownStaging)
            } catch {
                throw format.plugin.violation(error)
            }
            for output in assembled.outputs { try take(output) }
            step.finish()
            return assembled.outputs
        } catch {
            step.fail()
            throw error
        }
    }

    /// Moves an output to where those of scripts are; one of the same name that a script has left gives way.
    private func take(_ output: ABI.V1.Output) throws(Failure) {
        let target = Paths.join(staging, output.name)
        if Files.kind(of: target) != nil { try TreeDisposal.remove(target, installation: environment.installation) }
        do throws(SystemCallError) {
            let source = Paths.join(ownStaging, output.name)
            try systemCall("rename", source) { rename(source, target) }
        } catch {
            throw Failure(.system, "Cannot move the output \(output.name)", cause: error)
        }
    }
}
