import ByteKeys
public import CPluginABI
import Glibc
import JSON
import PluginWire
import Synchronization

/// A plugin that is a shared library: the descriptor that the host asks for, around the same code as an executable.
///
/// An author's library defines one function:
///
///     private let library = PluginLibrary(name: "acme", version: "1.0", distribution: Acme())
///
///     @c @implementation
///     public func mkosi_plugin_v1() -> UnsafePointer<mkosi_plugin>? { library.descriptor }
public struct PluginLibrary: Sendable {
    /// `nonisolated(unsafe)`: the descriptor is never changed and lives as long as the process.
    private nonisolated(unsafe) let pointer: UnsafePointer<mkosi_plugin>

    /// The host's side of the contract, for `mkosi_plugin_v1` to return.
    public var descriptor: UnsafePointer<mkosi_plugin>? { pointer }

    /// There is one library plugin in a process: the bridge loads only one.
    fileprivate static let service = Mutex<PluginService?>(nil)

    /// Makes the descriptor.
    ///
    /// - Parameters:
    ///   - name: As in `plugin.json`.
    ///   - version: As in `plugin.json`.
    ///   - distribution: Answers the requests about distributions.
    ///   - format: Answers the requests about output formats.
    ///   - artifacts: Answers the requests about artifacts.
    ///   - bootloader: Answers the requests about boot loaders.
    public init(
        name: String,
        version: String,
        distribution: (any DistributionPlugin)? = nil,
        format: (any FormatPlugin)? = nil,
        artifacts: (any ArtifactPlugin)? = nil,
        bootloader: (any BootloaderPlugin)? = nil
    ) {
        let service = PluginService(
            distribution: distribution,
            format: format,
            artifacts: artifacts,
            bootloader: bootloader
        )
        Self.service.withLock { $0 = service }
        let function: mkosi_json_hook = {
            jsonHook(host: $0, method: $1, parameters: $2, size: $3, result: $4, resultSize: $5)
        }
        let hooks = UnsafeMutablePointer<mkosi_hook>.allocate(capacity: service.methods.count)
        for (index, method) in service.methods.enumerated() {
            let hook = mkosi_hook(
                name: UnsafePointer(strdup(method)),
                signature: UnsafePointer(strdup("json")),
                function: unsafeBitCast(function, to: mkosi_function.self)
            )
            hooks.advanced(by: index).initialize(to: hook)
        }
        let plugin = UnsafeMutablePointer<mkosi_plugin>.allocate(capacity: 1)
        plugin.initialize(
            to: mkosi_plugin(
                struct_size: UInt32(MemoryLayout<mkosi_plugin>.size),
                hook_size: UInt32(MemoryLayout<mkosi_hook>.stride),
                protocol_min: UInt32(ABI.protocolVersions.min),
                protocol_max: UInt32(ABI.protocolVersions.max),
                interface_min: UInt32(ABI.interfaceVersions.min),
                interface_max: UInt32(ABI.interfaceVersions.max),
                name: UnsafePointer(strdup(name)),
                version: UnsafePointer(strdup(version)),
                hooks: UnsafePointer(hooks),
                hook_count: service.methods.count,
                release: { result, _ in free(result) }
            )
        )
        pointer = UnsafePointer(plugin)
    }
}

/// The one hook behind all methods.
private func jsonHook(
    host: UnsafePointer<mkosi_host>?,
    method: UnsafePointer<CChar>?,
    parameters: UnsafePointer<CChar>?,
    size: Int,
    result: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>?,
    resultSize: UnsafeMutablePointer<Int>?
) -> Int32 {
    guard let host, let method else { return MKOSI_ERROR_INTERNAL }
    let status: Int32
    let answered: [UInt8]?
    do throws(ErrorObject) {
        let text = parameters.map { Array(UnsafeRawBufferPointer(start: $0, count: size)) }
        let value = try answer(String(cString: method), text, host: host)
        answered = try? JSONText.encode(value)
        status = answered == nil ? MKOSI_ERROR_INTERNAL : MKOSI_OK
    } catch {
        answered = try? JSONText.encode(error)
        status = Int32(clamping: error.code)
    }
    if let answered, let memory = malloc(max(answered.count, 1)) {
        answered.withUnsafeBytes { if let base = $0.baseAddress { memcpy(memory, base, $0.count) } }
        result?.pointee = memory.assumingMemoryBound(to: CChar.self)
        resultSize?.pointee = answered.count
    }
    return status
}

private func answer(_ method: String, _ text: [UInt8]?, host: UnsafePointer<mkosi_host>) throws(ErrorObject) -> JSON {
    guard let service = PluginLibrary.service.withLock({ $0 }) else {
        throw ErrorObject(code: .internalError, message: "the plugin has no code")
    }
    let directory = host.pointee.plugin_directory.map { String(cString: $0) } ?? "/"
    do {
        let parameters = try text.map { try JSON.parse($0) } ?? .object([:])
        let services = Host(pluginDirectory: directory, connection: LibraryConnection(host: host))
        return try service.answer(method, parameters, host: services)
    } catch {
        throw .describing(error)
    }
}

/// The host behind the functions that it handed to the library.
private struct LibraryConnection: HostConnection {
    /// `nonisolated(unsafe)`: the header promises that the structure stays where it is and never changes.
    nonisolated(unsafe) let host: UnsafePointer<mkosi_host>

    var isCancelled: Bool { host.pointee.cancelled?() == 1 }

    func call(_ method: String, _ parameters: JSON) throws(ErrorObject) -> JSON {
        guard let call = host.pointee.call, let text = try? JSONText.encode(parameters) else {
            throw ErrorObject(code: .internalError, message: "the host cannot be called for \(method)")
        }
        var result: UnsafePointer<CChar>?
        var size = 0
        let status = text.withUnsafeBytes { bytes in
            call(method, bytes.bindMemory(to: CChar.self).baseAddress, bytes.count, &result, &size)
        }
        defer { if let result { host.pointee.release?(result) } }
        guard status == MKOSI_OK else {
            let message = host.pointee.error?().map { String(cString: $0) } ?? "the host refused \(method)"
            throw ErrorObject(code: .init(rawValue: Int(status)), message: message)
        }
        guard let result else { return .object([:]) }
        do throws(JSON.ParseError) {
            return try JSON.parse(UnsafeRawBufferPointer(start: result, count: size))
        } catch {
            throw ErrorObject(code: .internalError, message: "the answer to \(method) is not JSON: \(error.reason)")
        }
    }

    func notify(_ method: String, _ parameters: JSON) {
        switch method {
        case ABI.V1.Log.method:
            let levels: [String: Int32] = [
                "debug": MKOSI_LOG_DEBUG, "info": MKOSI_LOG_INFO, "warning": MKOSI_LOG_WARNING,
                "error": MKOSI_LOG_ERROR,
            ]
            let level = parameters["level"]?.string.flatMap { levels[$0] } ?? MKOSI_LOG_INFO
            host.pointee.log?(level, parameters["message"]?.string ?? "")
        case ABI.V1.Progress.method:
            host.pointee.progress?(
                parameters["label"]?.string ?? "",
                Int64(parameters["done"]?.integer ?? -1),
                Int64(parameters["total"]?.integer ?? -1),
                parameters["unit"]?.string ?? ""
            )
        default: break
        }
    }
}
