public import PluginKit
public import PluginWire

/// The tree itself, as a directory.
public struct DirectoryFormat: FormatPlugin {
    public init() {}

    public func assemble(_ request: ABI.V1.Assemble, host: Host) throws -> ABI.V1.Assembled {
        switch request.format {
        case "none": return ABI.V1.Assembled(outputs: [])
        case "directory": return try copy(request, host: host)
        default:
            throw ErrorObject(code: .unsupported, message: "the format \(request.format) is not one of this plugin")
        }
    }

    /// The tree is mounted for each command, so it cannot be renamed; blocks are shared if the file system supports it.
    private func copy(_ request: ABI.V1.Assemble, host: Host) throws -> ABI.V1.Assembled {
        guard let root = request.root else {
            throw ErrorObject(code: .invalidParameters, message: "there is no tree for the directory")
        }
        let output = "\(request.staging)/\(request.outputName)"
        let places = [root, request.staging].filter { !$0.hasPrefix("\(request.workspace)/") }
        var command = ABI.V1.Run(["cp", "--archive", "--reflink=auto", "--no-target-directory", "--", root, output])
        command.mounts = places.map { ABI.V1.Mount(source: $0, target: $0, writable: $0 != root) }
        command.label = "copy"
        try host.run(command)
        return ABI.V1.Assembled(outputs: [ABI.V1.Output(name: request.outputName)])
    }
}
