import FoundationEssentials
package import PluginWire

/// The author's code behind the contract's methods, the same for both transports.
package struct PluginService: Sendable {
    let distribution: (any DistributionPlugin)?
    let format: (any FormatPlugin)?

    package init(distribution: (any DistributionPlugin)?, format: (any FormatPlugin)?) {
        self.distribution = distribution
        self.format = format
    }

    /// The methods that the service answers beside those of the lifecycle.
    package var methods: [String] {
        var methods = [ABI.V1.Description.method]
        if distribution != nil {
            methods += [
                ABI.V1.Configure.method, ABI.V1.Resolve.method, ABI.V1.Install.method, ABI.V1.Remove.method,
                ABI.V1.Inspect.method, ABI.V1.Owners.method, ABI.V1.MakeRepository.method,
                ABI.V1.LatestSnapshot.method,
            ]
        }
        if format != nil { methods.append(ABI.V1.Assemble.method) }
        return methods
    }

    /// Answers one request.
    package func answer(_ method: String, _ parameters: JSON, host: Host) throws -> JSON {
        switch method {
        case ABI.V1.Description.method: return try Wire.untyped(describe(host: host))
        case ABI.V1.Assemble.method:
            guard let format else { break }
            return try ask(parameters, host, format.assemble)
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

    /// What the author says the plugin provides, and where they say nothing, what its manifest says.
    private func describe(host: Host) throws -> ABI.V1.Description {
        let distributions = try distribution?.describe(host: host)
        let formats = try format?.describe(host: host)
        if (distribution == nil || distributions != nil) && (format == nil || formats != nil) {
            return ABI.V1.Description(distributions: distributions, formats: formats)
        }
        var description = try PluginManifest.read(in: host.pluginDirectory).provides
        if let distributions { description.distributions = distributions }
        if let formats { description.formats = formats }
        return description
    }
}
