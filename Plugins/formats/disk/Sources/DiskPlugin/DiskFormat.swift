import DiskKit
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
        try PartitionsArtifact.take(request, &job)
        let run = DiskRun(
            host: host,
            workspace: request.workspace,
            directories: settings.directories,
            places: request.mounts(ofTree: root)
        )
        var products = try run.make(&job, WriteTool.name, findings: DiskProduct.self)
        if var finish = products.lazy.compactMap(\.finish).first {
            for signature in products.compactMap(\.signature) { try sign(signature, in: job.image, host) }
            products += try ToolRun(host: host, workspace: request.workspace).run(
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

    public func check(_ request: ABI.V1.CheckFormat, host: Host) throws {
        let settings = DiskSettings(request)
        // A script may still make a directory, or what is in it.
        guard settings.directories.allSatisfy({ Files.isDirectory($0) }), let job = try? settings.jobToCheck() else {
            return
        }
        do {
            try job.check()
        } catch {
            throw ErrorObject(error)
        }
    }

    /// Fills in a signature; the image is a file of the workspace, or of the outputs.
    private func sign(_ signature: VeritySignature, in image: String, _ host: Host) throws {
        do {
            let bytes = try host.signature(of: signature.digest(), kind: "pkcs7", purpose: "verity")
            let certificate = try host.certificate(purpose: "verity").bytes
            try ToolRun.checkFile(image)
            try signature.write(bytes, certificate: certificate, to: image)
        } catch let error as DiskError {
            throw ErrorObject(error)
        }
    }
}
