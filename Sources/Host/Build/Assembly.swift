import Configuration
import Display
import Execution
import PluginHost
import PluginWire
import Support

/// Lets the format plugin make the outputs out of the finished tree.
struct Assembly {
    var image: ImageConfiguration
    var format: PluginCatalogue.Format
    var environment: BuildEnvironment
    var launcher: PluginLauncher
    var fetcher: Fetcher
    var sandbox: BuildSandbox
    /// The tree, or nil for a format that needs none.
    var root: String?
    var staging: String
    var workspacePath: String
    /// Seconds since the epoch that no time stamp may exceed.
    var sourceDateEpoch: Int?

    /// Returns the outputs, whose names are relative to the staging folder.
    func run() throws(Failure) -> [ABI.V1.Output] {
        var request = ABI.V1.Assemble(
            format: format.description.name,
            root: root,
            staging: staging,
            outputName: image.outputFileName,
            baseName: image[.output],
            workspace: workspacePath
        )
        request.compression = image[.compressOutput]
        let hasLevel = !image.assignments(to: Setting<Int>.compressLevel.name).isEmpty
        request.compressionLevel = hasLevel ? image[.compressLevel] : nil
        request.sourceDateEpoch = sourceDateEpoch
        request.digests = image[.checksum] ? true : nil
        request.settings = image.json(of: format.description.settings ?? [])

        try environment.cancellation.check()
        let step = environment.display.begin("Assembling \(request.outputName)")
        let services = PluginServices(
            runner: SandboxRunner(sandbox: sandbox, environment: environment),
            fetcher: fetcher,
            configuration: image
        )
        services.step = step
        services.phase = "assemble"
        let start = ContinuousClock.now
        defer { environment.timing.add("assemble", start.duration(to: .now)) }
        do throws(Failure) {
            let session = try PluginSession(
                format.plugin,
                launcher: launcher,
                services: services,
                cancellation: environment.cancellation
            )
            let assembled = try environment.jobs.share { jobs throws(Failure) in
                request.jobs = jobs
                return try session.request(request)
            }
            session.shutdown()
            for output in assembled.outputs { try check(output) }
            step.finish()
            return assembled.outputs
        } catch {
            step.fail()
            throw error
        }
    }

    private func check(_ output: ABI.V1.Output) throws(Failure) {
        guard let name = FileName(output.name) else {
            throw Failure(.plugin, "Plugin \(format.plugin.name) made an output named \"\(printable(output.name))\"")
        }
        guard Files.kind(of: name.path(in: staging)) != nil else {
            throw Failure(.plugin, "Plugin \(format.plugin.name) says that it made \(name), but it is not there")
        }
        if let flaw = output.digestFlaw { throw Failure(.plugin, "Plugin \(format.plugin.name) \(flaw)") }
    }
}
