import CPluginABI
import JSON
import PluginWire

/// The `struct mkosi_host` that hooks are given.
extension BridgedServices {
    /// Makes the structure; neither it nor its functions are ever freed.
    func makeStructure(
        versions: (protocol: Int, interface: Int),
        pluginDirectory: String
    ) throws(ErrorObject) -> UnsafePointer<mkosi_host> {
        // The plugin may keep the directory's name, too.
        let directory = Unmanaged.passRetained(CallMemory()).takeUnretainedValue().copy(pluginDirectory)
        var host = mkosi_host()
        host.struct_size = UInt32(MemoryLayout<mkosi_host>.size)
        host.protocol_version = UInt32(versions.protocol)
        host.interface_version = UInt32(versions.interface)
        host.plugin_directory = directory

        host.run = try bind(.int32, [.pointer, .pointer, .pointer, .pointer, .pointer]) { self.run($0) }
        host.fetch = try bind(.int32, [.pointer, .pointer, .pointer]) { self.fetch($0) }
        host.setting = try bind(.int32, [.pointer, .pointer]) { self.setting($0) }
        host.call = try bind(.int32, [.pointer, .pointer, .pointer, .pointer, .pointer]) { self.call($0) }
        host.log = try bind(.void, [.int32, .pointer]) {
            self.log(level: $0.int32(0), message: $0.string(1) ?? "")
            return .void
        }
        host.progress = try bind(.void, [.pointer, .int64, .int64, .pointer]) {
            self.progress(
                ABI.V1.Progress(
                    label: $0.string(0),
                    done: $0.int64(1) < 0 ? nil : Int($0.int64(1)),
                    total: $0.int64(2) < 0 ? nil : Int($0.int64(2)),
                    unit: $0.string(3)
                )
            )
            return .void
        }
        host.cancelled = try bind(.int32, []) { _ in .int32(self.isCancelled ? 1 : 0) }
        host.fail = try bind(.int32, [.int32, .pointer, .pointer]) { self.fail($0) }
        host.error = try bind(.pointer, []) { _ in .pointer(self.lastError) }
        host.release = try bind(.void, [.pointer]) { arguments in
            _ = self.serve { call throws(ErrorObject) in
                if let output = arguments.pointer(0) { call.memory.release(output) }
            }
            return .void
        }
        try bindResults(&host)

        let memory = UnsafeMutablePointer<mkosi_host>.allocate(capacity: 1)
        memory.initialize(to: host)
        return UnsafePointer(memory)
    }

    private func bindResults(_ host: inout mkosi_host) throws(ErrorObject) {
        host.set_string = try bind(.int32, [.pointer, .pointer]) {
            self.set($0.string(0), $0.string(1).map { .string($0) } ?? .null)
        }
        host.set_integer = try bind(.int32, [.pointer, .int64]) {
            self.set($0.string(0), .integer(Int($0.int64(1))))
        }
        host.set_bool = try bind(.int32, [.pointer, .int32]) {
            self.set($0.string(0), .bool($0.int32(1) != 0))
        }
        host.set_list = try bind(.int32, [.pointer]) { arguments in
            self.serveResult { call throws(ResultBuilder.Problem) in
                try call.results.makeList(arguments.string(0) ?? "")
            }
        }
        host.set_json = try bind(.int32, [.pointer, .pointer, .pointer]) { arguments in
            let text = UnsafeRawBufferPointer(start: arguments.pointer(1), count: arguments.size(2))
            return self.serveResult { call throws(ResultBuilder.Problem) in
                let path = arguments.string(0) ?? ""
                let value: JSON
                do throws(JSON.ParseError) {
                    value = try JSON.parse(text)
                } catch {
                    throw ResultBuilder.Problem(message: "the value for \"\(path)\" is not JSON: \(error.reason)")
                }
                try call.results.set(path, to: value)
            }
        }
    }

    private func set(_ path: String?, _ value: JSON) -> ForeignValue {
        serveResult { call throws(ResultBuilder.Problem) in try call.results.set(path ?? "", to: value) }
    }

    private func fail(_ arguments: ForeignArguments) -> ForeignValue {
        let code = arguments.int32(0) == MKOSI_OK ? MKOSI_ERROR_INTERNAL : arguments.int32(0)
        _ = serve { call throws(ErrorObject) in
            call.failure = ErrorObject(
                code: ErrorObject.Code(rawValue: Int(code)),
                message: arguments.string(1) ?? "the plugin failed and did not say why",
                hint: arguments.string(2)
            )
        }
        return .int32(code)
    }

    private func bind<Function>(
        _ result: ForeignType,
        _ arguments: [ForeignType],
        _ body: @escaping ForeignClosure.Body
    ) throws(ErrorObject) -> Function {
        guard let closure = ForeignClosure(returns: result, takes: arguments, body: body) else {
            throw ErrorObject(
                code: .internalError,
                message: "the system does not allow functions that are created at run time",
                hint: "Check for a security policy that forbids executable memory"
            )
        }
        return closure.function()
    }
}
