import PluginKit
import PluginWire

/// The distribution @NAME@; requests without a function here are answered with "unsupported".
struct Distribution: DistributionPlugin {
    func configure(_ request: ABI.V1.Configure, host: Host) throws -> ABI.V1.Configured {
        ABI.V1.Configured(files: [], repositories: [])
    }

    func resolve(_ request: ABI.V1.Resolve, host: Host) throws -> ABI.V1.Resolved {
        // Fetch the repository's index with host.fetch and look the packages up in it.
        if let name = request.packages.first {
            throw ErrorObject(code: .notFound, message: "there is no package \(name)")
        }
        return ABI.V1.Resolved(packages: [], indexes: [])
    }

    func install(_ request: ABI.V1.Install, host: Host) throws {
        for package in request.packages {
            var command = ABI.V1.Run(["tar", "-x", "-f", package.path ?? "", "-C", request.root])
            command.mounts = [ABI.V1.Mount(source: request.root, target: request.root, writable: true)]
            try host.run(command)
        }
    }

    func inspect(_ request: ABI.V1.Inspect, host: Host) throws -> ABI.V1.Inspected {
        ABI.V1.Inspected(packages: [], metadata: [])
    }
}

PluginMain.run(distribution: Distribution())
