import ByteKeys
package import JSON
import PluginWire

/// The author's code behind the contract's methods, the same for both transports.
package struct PluginService: Sendable {
    let distribution: (any DistributionPlugin)?
    let format: (any FormatPlugin)?
    let artifacts: (any ArtifactPlugin)?
    let bootloader: (any BootloaderPlugin)?

    package init(
        distribution: (any DistributionPlugin)? = nil,
        format: (any FormatPlugin)? = nil,
        artifacts: (any ArtifactPlugin)? = nil,
        bootloader: (any BootloaderPlugin)? = nil
    ) {
        self.distribution = distribution
        self.format = format
        self.artifacts = artifacts
        self.bootloader = bootloader
    }

    /// The methods of the service besides those of the lifecycle.
    package var methods: [String] {
        var methods = [ABI.V1.Description.method]
        if distribution != nil {
            methods += [
                ABI.V1.Configure.method, ABI.V1.Resolve.method, ABI.V1.Install.method, ABI.V1.Remove.method,
                ABI.V1.Inspect.method, ABI.V1.Owners.method, ABI.V1.MakeRepository.method,
                ABI.V1.LatestSnapshot.method,
            ]
        }
        if format != nil { methods += [ABI.V1.Assemble.method, ABI.V1.CheckFormat.method] }
        if artifacts != nil { methods.append(ABI.V1.MakeArtifact.method) }
        if bootloader != nil { methods.append(ABI.V1.InstallBootloader.method) }
        return methods
    }

    /// Answers one request.
    package func answer(_ method: String, _ parameters: JSON, host: Host) throws -> JSON {
        switch method {
        case ABI.V1.Description.method: return try Wire.untyped(describe(host: host))
        case ABI.V1.Assemble.method:
            guard let format else { break }
            return try ask(parameters, host, format.assemble)
        case ABI.V1.CheckFormat.method:
            guard let format else { break }
            return try tell(parameters, host, format.check)
        case ABI.V1.MakeArtifact.method:
            guard let artifacts else { break }
            return try ask(parameters, host, artifacts.make)
        case ABI.V1.InstallBootloader.method:
            guard let bootloader else { break }
            return try tell(parameters, host, bootloader.install)
        default:
            guard let distribution else { break }
            return try answer(method, parameters, host: host, distribution: distribution)
        }
        throw PluginService.unknown(method)
    }

    private func answer(
        _ method: String,
        _ parameters: JSON,
        host: Host,
        distribution: any DistributionPlugin
    ) throws -> JSON {
        switch method {
        case ABI.V1.Configure.method: try ask(parameters, host, distribution.configure)
        case ABI.V1.Resolve.method: try ask(parameters, host, distribution.resolve)
        case ABI.V1.Install.method: try ask(parameters, host, distribution.install)
        case ABI.V1.Remove.method: try tell(parameters, host, distribution.remove)
        case ABI.V1.Inspect.method: try ask(parameters, host, distribution.inspect)
        case ABI.V1.Owners.method: try ask(parameters, host, distribution.owners)
        case ABI.V1.MakeRepository.method: try tell(parameters, host, distribution.makeRepository)
        case ABI.V1.LatestSnapshot.method: try ask(parameters, host, distribution.latestSnapshot)
        default: throw PluginService.unknown(method)
        }
    }

    private static func unknown(_ method: String) -> ErrorObject {
        ErrorObject(code: .methodNotFound, message: "there is no method \(method)")
    }

    private func ask<Request: Decodable, Answer: Encodable>(
        _ parameters: JSON,
        _ host: Host,
        _ body: (Request, Host) throws -> Answer
    ) throws -> JSON {
        try Wire.untyped(body(Message.typed(parameters, as: Request.self, name: "params"), host))
    }

    private func tell<Request: Decodable>(
        _ parameters: JSON,
        _ host: Host,
        _ body: (Request, Host) throws -> Void
    ) throws -> JSON {
        try body(Message.typed(parameters, as: Request.self, name: "params"), host)
        return .object([:])
    }

    /// The author's description of the plugin, completed by the manifest where the author has none.
    private func describe(host: Host) throws -> ABI.V1.Description {
        let own = try ABI.V1.Description(
            distributions: distribution?.describe(host: host),
            formats: format?.describe(host: host),
            artifacts: artifacts?.describe(host: host),
            bootloaders: bootloader?.describe(host: host)
        )
        let isComplete =
            (distribution == nil || own.distributions != nil) && (format == nil || own.formats != nil)
            && (artifacts == nil || own.artifacts != nil) && (bootloader == nil || own.bootloaders != nil)
        if isComplete { return own }
        var description = try PluginManifest.read(in: host.pluginDirectory).provides
        description.distributions = own.distributions ?? description.distributions
        description.formats = own.formats ?? description.formats
        description.artifacts = own.artifacts ?? description.artifacts
        description.bootloaders = own.bootloaders ?? description.bootloaders
        return description
    }
}
