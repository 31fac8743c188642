import ByteKeys
import CPluginABI
import JSON
import PluginWire
import System

/// A library after `initialize`: its hooks can be called.
struct Session {
    let initialized: ABI.V1.Initialized
    private let library: Library
    private let pluginDirectory: String
    private let services: BridgedServices
    private let structure: UnsafePointer<mkosi_host>

    init(library: Library, request: ABI.V1.Initialize, connection: Connection) throws(ErrorObject) {
        initialized = ABI.V1.Initialized(
            protocol: try Self.common(
                "protocol",
                library,
                library.protocolVersions,
                host: request.protocol,
                bridge: ABI.protocolVersions
            ),
            interface: try Self.common(
                "interface",
                library,
                library.interfaceVersions,
                host: request.interface,
                bridge: ABI.interfaceVersions
            ),
            plugin: library.program
        )
        self.library = library
        pluginDirectory = request.pluginDirectory
        services = BridgedServices(connection: connection)
        structure = try services.makeStructure(
            versions: (initialized.protocol, initialized.interface),
            pluginDirectory: request.pluginDirectory
        )
    }

    /// The highest version that all three speak; the bridge itself limits what the host offers.
    private static func common(
        _ what: String,
        _ library: Library,
        _ plugin: VersionRange,
        host: VersionRange,
        bridge: VersionRange
    ) throws(ErrorObject) -> Int {
        let offered = VersionRange(min: max(host.min, bridge.min), max: min(host.max, bridge.max))
        if let version = offered.highestCommon(with: plugin) { return version }
        let remedy =
            plugin.min > offered.max
            ? "Update mkosi, or install an older version of the plugin"
            : "Install a newer version of the plugin"
        throw ErrorObject(
            code: .noCommonVersion,
            message: "the plugin library \(library.path) supports \(what) versions \(plugin.min) to \(plugin.max),"
                + " but the host supports \(offered.min) to \(offered.max)",
            hint: remedy,
            subject: library.path
        )
    }

    func serve(_ id: Message.ID, _ method: String, _ params: JSON) throws(ErrorObject) -> JSON {
        guard let hook = library.hooks[method] else {
            if method == ABI.V1.Description.method { return try provides() }
            throw ErrorObject(
                code: .methodNotFound,
                message: "the plugin \(library.program.name) has no hook for \(method)",
                subject: library.path
            )
        }
        let call = HookCall(id: id)
        switch hook.signature {
        case .json: return try callJSON(hook, call, params)
        case .typed(let parameters): return try callTyped(hook, call, parameters, params)
        }
    }

    private func callTyped(
        _ hook: Library.Hook,
        _ call: HookCall,
        _ parameters: [Signature.Parameter],
        _ params: JSON
    ) throws(ErrorObject) -> JSON {
        var arguments: [ForeignValue] = []
        for parameter in parameters {
            do throws(Signature.Parameter.Problem) {
                arguments += try parameter.values(from: params, memory: call.memory, services: structure)
            } catch {
                throw ErrorObject(
                    code: .invalidParameters,
                    message: "the hook \(hook.name) cannot be called: \(error.message)",
                    subject: library.path
                )
            }
        }
        var possible = true
        let status = services.during(call) {
            guard let status = ForeignCall.call(hook.function, arguments) else {
                possible = false
                return MKOSI_ERROR_INTERNAL
            }
            return status
        }
        guard possible else {
            throw ErrorObject(code: .internalError, message: "the hook \(hook.name) cannot be called on this host")
        }
        if let error = call.error(status: status, hook: hook.name) { throw error }
        return call.results.result
    }

    private func callJSON(_ hook: Library.Hook, _ call: HookCall, _ params: JSON) throws(ErrorObject) -> JSON {
        guard let text = try? JSONText.encode(params) else {
            throw ErrorObject(code: .internalError, message: "the parameters of \(hook.name) cannot be written as JSON")
        }
        let function = unsafeBitCast(hook.function, to: mkosi_json_hook.self)
        let name = call.memory.copy(hook.name)
        let request = text.withUnsafeBytes { call.memory.copy($0) }
        var result: UnsafeMutablePointer<CChar>?
        var size = 0
        let status = services.during(call) {
            function(structure, name, request, text.count, &result, &size)
        }
        let answer = result.map { Array(UnsafeRawBufferPointer(start: $0, count: size)) }
        if result != nil { library.release?(result, size) }

        guard let answer else {
            if let error = call.error(status: status, hook: hook.name) { throw error }
            return .object([:])
        }
        guard status == 0 else {
            if let error = try? JSONText.decode(ErrorObject.self, from: answer) { throw error }
            throw garbage(hook, answer, "no error object")
        }
        if let error = call.error(status: status, hook: hook.name) { throw error }
        do throws(JSON.ParseError) {
            return try JSON.parse(answer)
        } catch {
            throw garbage(hook, answer, "not JSON: \(error.reason) (byte \(error.offset))")
        }
    }

    private func garbage(_ hook: Library.Hook, _ answer: [UInt8], _ what: String) -> ErrorObject {
        ErrorObject(
            code: .internalError,
            message: "the hook \(hook.name) of the plugin library \(library.path) answered \(answer.count) bytes that"
                + " are \(what)",
            subject: library.path,
            output: String(decoding: answer.prefix(200), as: UTF8.self)
        )
    }

    /// The member `provides` of the manifest, unchanged.
    private func provides() throws(ErrorObject) -> JSON {
        let manifest = pluginDirectory + "/plugin.json"
        guard let text = try? Files.read(manifest),
            let provides = try? JSON.parse(text)["provides"]
        else {
            throw ErrorObject(
                code: .internalError,
                message: "the file \(manifest) cannot be read, or has no member \"provides\"",
                subject: manifest
            )
        }
        return provides
    }
}
