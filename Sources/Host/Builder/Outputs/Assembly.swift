import Configuration
import Display
import Execution
import Glibc
import JSON
import PluginHost
import PluginWire
import Support
import System

/// Makes the format plugin create the outputs from the finished tree.
struct Assembly {
    var image: OutputImage
    var parts: BootParts
    var boot: BootResult
    var environment: BuildEnvironment
    var sandbox: BuildSandbox
    /// The tree, or nil for a format that needs none.
    var root: String?
    var staging: String
    var workspacePath: String
    /// Seconds since the epoch that no time stamp may exceed.
    var sourceDateEpoch: Int?

    /// The file system that the distribution's own installer takes.
    var fileSystem: String?

    private var format: PluginCatalogue.Format { parts.format }

    /// The directory that a format makes its outputs in: what scripts have left is elsewhere.
    private func ownStaging(_ format: PluginCatalogue.Format) -> String {
        "\(workspacePath)/assembly-\(format.description.name)"
    }

    struct Result {
        /// Their names are relative to the staging directory.
        var outputs: [ABI.V1.Output]
        /// The measurements that a TPM will hold once firmware has started the main output.
        var measurements: [JSON]
    }

    func run() throws(Failure) -> Result {
        // Where the outputs of each format are that others are made from.
        var made: [String: [ABI.V1.FormatInput]] = [:]
        for source in parts.sources {
            let name = source.description.name
            let suffix = source.description.fileExtension ?? ""
            let outputs = try assemble(source, as: "\(image.output)\(suffix)", from: made).outputs
            made[name] = outputs.map { output in
                ABI.V1.FormatInput(
                    format: name,
                    role: output.role,
                    path: Paths.join(ownStaging(source), output.name)
                )
            }
        }
        let main = try assemble(format, as: image.fileName, from: made)
        var outputs = main.outputs
        for output in outputs { try take(output, of: format) }
        for split in parts.splitFormats {
            let description = split.description
            let isCompressed = description.compression != "none" && description.innerCompression != true
            let suffix = (description.fileExtension ?? "") + (isCompressed ? image.compressionSuffix : "")
            for var output in try assemble(split, as: image.output + suffix, from: made).outputs {
                try take(output, of: split)
                output.role = description.name
                outputs.append(output)
            }
        }
        let split = SplitOutputs(
            image: image,
            boot: boot,
            runner: SandboxRunner(sandbox: sandbox, environment: environment),
            root: root,
            staging: staging
        )
        return Result(outputs: try outputs + split.write(parts.splitKinds), measurements: main.measurements ?? [])
    }

    private func assemble(
        _ format: PluginCatalogue.Format,
        as outputName: String,
        from made: [String: [ABI.V1.FormatInput]]
    ) throws(Failure) -> ABI.V1.Assembled {
        let description = format.description
        let staging = ownStaging(format)
        let isMain = description.name == self.format.description.name
        // What is only an input is not compressed: the format that it is made for does that.
        let isLast = isMain || parts.splitFormats.contains { $0.description.name == description.name }
        var request = ABI.V1.Assemble(
            format: description.name,
            root: root,
            staging: staging,
            outputName: outputName,
            baseName: image.output,
            workspace: workspacePath
        )
        if isLast {
            request.compression = image.compressOutput
            let hasLevel = image.settings.isAssigned(\.compressLevel)
            request.compressionLevel = hasLevel ? image.compressLevel : nil
            request.digests = image.checksum || environment.display.wantsDigests ? true : nil
        }
        request.sourceDateEpoch = sourceDateEpoch
        request.fileSystem = fileSystem
        let settings = image.values(of: description.settings, environment.pins)
        request.settings = try settings.values
        let artifacts = boot.artifacts(for: description).map(\.artifact)
        if !artifacts.isEmpty { request.artifacts = artifacts }
        let hasKernels =
            description.artifacts != nil || description.optionalArtifacts != nil || description.firmware != nil
        if hasKernels { request.kernels = boot.kernels }
        let inputs = (description.from ?? []).flatMap { made[$0] ?? [] }
        if !inputs.isEmpty { request.inputs = inputs }

        try environment.cancellation.check()
        let phase = isMain ? "assemble" : "assemble-\(description.name)"
        let step = environment.display.begin("Assembling \(request.outputName)", phase)
        var sandbox = sandbox
        sandbox.readable += format.plugin.directories + artifacts.compactMap { Paths.parent($0.path) }
        sandbox.writable.append(staging)
        let services = PluginServices(
            runner: SandboxRunner(sandbox: sandbox, environment: environment),
            fetcher: Fetcher(environment: environment, settings: image.settings.fetch),
            settings: settings
        )
        services.step = step
        services.phase = phase
        let start = ContinuousClock.now
        defer { environment.timing.add(phase, start.duration(to: .now)) }
        do throws(Failure) {
            do throws(SystemCallError) {
                try systemCall("mkdir", staging) { mkdir(staging, 0o755) }
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
                let isOwn = format.plugin.isPart(of: environment.installation)
                try StagedOutputs.check(assembled.outputs, in: staging, readsFiles: !isOwn)
            } catch {
                throw format.plugin.violation(error)
            }
            step.finish()
            return assembled
        } catch {
            step.fail()
            throw error
        }
    }

    /// Moves an output to where those of scripts are; one of the same name that a script has left gives way.
    private func take(_ output: ABI.V1.Output, of format: PluginCatalogue.Format) throws(Failure) {
        let target = Paths.join(staging, output.name)
        if Files.kind(of: target) != nil { try TreeDisposal.remove(target, installation: environment.installation) }
        do throws(SystemCallError) {
            let source = Paths.join(ownStaging(format), output.name)
            try systemCall("rename", source) { rename(source, target) }
        } catch {
            throw Failure(.system, "Cannot move the output \(output.name)", cause: error)
        }
    }
}
