public import PluginKit
public import PluginWire

/// The tree as it is: moved to where the outputs are, without a copy where that is possible.
public struct DirectoryFormat: FormatPlugin {
    public init() {}

    public func assemble(_ request: ABI.V1.Assemble, host: Host) throws -> ABI.V1.Assembled {
        switch request.format {
        case "none": return ABI.V1.Assembled(outputs: [])
        case "directory": return try move(request, host: host)
        default:
            throw ErrorObject(code: .unsupported, message: "the format \(request.format) is not one of this plugin")
        }
    }

    private func move(_ request: ABI.V1.Assemble, host: Host) throws -> ABI.V1.Assembled {
        guard let root = request.root else {
            throw ErrorObject(code: .invalidParameters, message: "there is no tree to make a directory of")
        }
        let output = "\(request.staging)/\(request.outputName)"
        let places = [root, request.staging].filter { !$0.hasPrefix("\(request.workspace)/") }
        let mounts = places.map { ABI.V1.Mount(source: $0, target: $0, writable: true) }

        var move = try host.tool(MoveCommand.name, [root, output])
        move.mounts = (move.mounts ?? []) + mounts
        move.success = [0, Int(MoveCommand.cannotMove)]
        move.label = "move"
        if try host.run(move).status != 0 {
            // Two file systems, or two mounts of one: blocks are shared where the file system can.
            var copy = ABI.V1.Run(["cp", "--archive", "--reflink=auto", "--no-target-directory", root, output])
            copy.mounts = mounts
            copy.label = "copy"
            try host.run(copy)
        }
        return ABI.V1.Assembled(outputs: [ABI.V1.Output(name: request.outputName)])
    }
}
