import PluginKit
import PluginWire

/// The output format @NAME@: so far a list of the tree's files.
struct Format: FormatPlugin {
    func assemble(_ request: ABI.V1.Assemble, host: Host) throws -> ABI.V1.Assembled {
        guard let root = request.root else {
            throw ErrorObject(code: .invalidParameters, message: "this format needs a tree")
        }
        let output = "\(request.staging)/\(request.outputName)"
        var command = ABI.V1.Run(["sh", "-euc", "cd \"$1\" && find . | LC_ALL=C sort > \"$2\"", "sh", root, output])
        command.mounts = [
            ABI.V1.Mount(source: root, target: root),
            ABI.V1.Mount(source: request.staging, target: request.staging, writable: true),
        ]
        try host.run(command)
        return ABI.V1.Assembled(outputs: [ABI.V1.Output(name: request.outputName)])
    }
}

PluginMain.run(format: Format())
