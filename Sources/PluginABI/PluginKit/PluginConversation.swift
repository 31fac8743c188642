import JSON
import PluginWire

/// The lifecycle of one conversation: `initialize` first, then the author's methods.
struct PluginConversation {
    let service: PluginService
    let connection: any HostConnection
    private var host: Host?

    init(service: PluginService, connection: any HostConnection) {
        self.service = service
        self.connection = connection
    }

    mutating func answer(_ method: String, _ parameters: JSON) throws(ErrorObject) -> JSON {
        if method == ABI.V1.Initialize.method { return try initialize(parameters) }
        guard let host else {
            throw ErrorObject(code: .invalidRequest, message: "\(method) came before initialize")
        }
        do {
            return try service.answer(method, parameters, host: host)
        } catch {
            throw .describing(error)
        }
    }

    private mutating func initialize(_ parameters: JSON) throws(ErrorObject) -> JSON {
        let request = try Message.typed(parameters, as: ABI.V1.Initialize.self, name: "params")
        guard let version = ABI.protocolVersions.highestCommon(with: request.protocol) else {
            throw mismatch("protocol", own: ABI.protocolVersions, other: request.protocol)
        }
        guard let interface = ABI.interfaceVersions.highestCommon(with: request.interface) else {
            throw mismatch("interface", own: ABI.interfaceVersions, other: request.interface)
        }
        let manifest = try PluginManifest.read(in: request.pluginDirectory)
        host = Host(pluginDirectory: request.pluginDirectory, connection: connection)
        return try Wire.untyped(
            ABI.V1.Initialized(
                protocol: version,
                interface: interface,
                plugin: ABI.V1.Program(name: manifest.name, version: manifest.version)
            )
        )
    }

    private func mismatch(_ what: String, own: VersionRange, other: VersionRange) -> ErrorObject {
        let message =
            "the plugin supports \(what) versions \(own.min) to \(own.max), the host \(other.min) to \(other.max)"
        let hint = own.max < other.min ? "Install a newer plugin" : "Install a newer mkosi"
        return ErrorObject(code: .noCommonVersion, message: message, hint: hint)
    }
}
