import ByteKeys
import DiskKit
import Glibc
public import PluginKit
public import PluginWire
import System

/// Output formats that are a disk with a GUID partition table.
///
/// The tree's owners may be numbers that only the sandbox can see, so this program runs itself in there, twice: the
/// first run measures the content, the second makes the image with views of the tree mounted for it.
public struct DiskFormat: FormatPlugin {
    public init() {}

    public func assemble(_ request: ABI.V1.Assemble, host: Host) throws -> ABI.V1.Assembled {
        guard ["disk", "esp"].contains(request.format) else {
            throw ErrorObject(code: .unsupported, message: "the format \(request.format) is not one of this plugin")
        }
        guard let root = request.root else {
            throw ErrorObject(code: .invalidParameters, message: "there is no tree for the disk")
        }
        let settings = DiskSettings(request)
        let scratch = try ToolRun.privateDirectory(below: request.workspace, for: "disk")
        var job = try settings.job(request, root: root, scratch: scratch)
        // What is wrong with the definitions is said before anything is made.
        let definitions: [PartitionDefinition]
        do {
            definitions = try job.definitions(.unknown)
        } catch {
            throw ErrorObject(error)
        }
        let tools = ToolRun(host: host, workspace: request.workspace)
        var places = request.mounts(ofTree: root)
        if definitions.contains(where: { $0.content.copyBlocks != nil }) {
            for (index, directory) in settings.directories.enumerated() {
                let target = "\(scratch)/definitions-\(index)"
                job.blockDirectories.append(target)
                places.append(ABI.V1.Mount(source: directory, target: target))
            }
        }
        let found = try tools.run(
            SurveyTool.name,
            findings: DiskFinding.self,
            plan: { pipe in job.reporting(to: pipe) },
            change: { command in
                command.label = "measure"
                command.mounts = (command.mounts ?? []) + places
            }
        )
        guard let finding = found.findings.last else {
            throw ErrorObject(code: .internalError, message: "the tool \(SurveyTool.name) did not report anything")
        }
        job.files = finding.files
        job.survey = finding.survey
        let views = finding.views.map { ABI.V1.Mount(source: $0.source, target: $0.target) }
        let made = try tools.run(
            WriteTool.name,
            findings: DiskProduct.self,
            plan: { pipe in job.reporting(to: pipe) },
            change: { command in
                command.label = "write"
                command.mounts = (command.mounts ?? []) + places + views
            }
        )
        var products = made.findings
        if var finish = products.lazy.compactMap(\.finish).first {
            for signature in products.compactMap(\.signature) { try sign(signature, in: job.image, host) }
            products += try tools.run(
                FinishTool.name,
                findings: DiskProduct.self,
                plan: { pipe in
                    finish.channel = pipe
                    return finish
                },
                change: { command in command.label = "finish" }
            ).findings
        }
        return ABI.V1.Assembled(outputs: products.compactMap(\.output))
    }

    /// Fills in a signature; the image is a file of the workspace, or of the outputs.
    private func sign(_ signature: VeritySignature, in image: String, _ host: Host) throws {
        do {
            let bytes = try host.signature(of: signature.digest(), kind: "pkcs7", purpose: "verity")
            let certificate = try host.certificate(purpose: "verity").bytes
            try signature.write(bytes, certificate: certificate, to: image)
        } catch let error as DiskError {
            throw ErrorObject(error)
        }
    }
}

extension DiskJob {
    fileprivate func reporting(to pipe: String) -> DiskJob {
        var job = self
        job.channel = pipe
        return job
    }
}
