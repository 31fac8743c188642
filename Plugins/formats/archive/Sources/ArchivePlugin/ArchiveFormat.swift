import ByteKeys
import JSON
import LabelKit
public import PluginKit
public import PluginWire

/// Output formats that are one archive of the tree.
///
/// The tree's owners may be numbers that only the sandbox can see, so this program runs itself in there.
public struct ArchiveFormat: FormatPlugin {
    public init() {}

    public func assemble(_ request: ABI.V1.Assemble, host: Host) throws -> ABI.V1.Assembled {
        guard ["tar", "cpio"].contains(request.format) else {
            throw ErrorObject(code: .unsupported, message: "the format \(request.format) is not one of this plugin")
        }
        guard let root = request.root else {
            throw ErrorObject(code: .invalidParameters, message: "there is no tree to archive")
        }
        let job = PackCommand.Job(
            format: request.format,
            root: root,
            output: "\(request.staging)/\(request.outputName)",
            compression: request.compression,
            level: request.compressionLevel,
            epoch: request.sourceDateEpoch,
            jobs: request.jobs,
            digest: request.digests == true,
            labels: LabelChoice(request.settings?["SELinuxRelabel"]?.string)
        )
        let answer = try host.runTool(
            PackCommand.name,
            job,
            label: "archive",
            capture: request.digests == true,
            mounts: request.mounts(ofTree: root)
        )
        let digest = answer.output.map { $0.filter { !$0.isNewline } }
        return ABI.V1.Assembled(outputs: [ABI.V1.Output(name: request.outputName, sha256: digest)])
    }
}
