import ByteKeys
import JSON
public import PluginKit
public import PluginWire

/// The output format `oci`: a directory after the image layout specification of the Open Container Initiative.
///
/// The tree's owners may be numbers that only the sandbox can see, so this program runs itself in there.
public struct ImageFormat: FormatPlugin {
    public init() {}

    public func assemble(_ request: ABI.V1.Assemble, host: Host) throws -> ABI.V1.Assembled {
        guard request.format == "oci" else {
            throw ErrorObject(code: .unsupported, message: "the format \(request.format) is not one of this plugin")
        }
        guard let root = request.root else {
            throw ErrorObject(code: .invalidParameters, message: "there is no tree for an image")
        }
        let compression = try LayerCompression(request.compression)
        // This plugin is released together with the host.
        let description = ImageDescription(
            request,
            architecture: try ImageArchitecture(request.settings?["Architecture"]?.string),
            version: try PluginManifest.read(in: host.pluginDirectory).version
        )
        let job = LayoutCommand.Job(
            root: root,
            layout: "\(request.staging)/\(request.outputName)",
            compression: compression,
            level: request.compressionLevel,
            jobs: request.jobs,
            description: description
        )
        try host.runTool(LayoutCommand.name, job, label: "oci", mounts: request.mounts(ofTree: root))
        return ABI.V1.Assembled(outputs: [ABI.V1.Output(name: request.outputName)])
    }
}
