import CPluginABI
import Glibc
import PluginWire

/// A loaded library: its descriptor, checked, with the signatures of its hooks parsed.
///
/// It is never closed: threads, thread-local destructors and kept pointers of the library may outlive any moment at
/// which that would seem safe.
struct Library {
    let path: String
    let program: ABI.V1.Program
    let protocolVersions: VersionRange
    let interfaceVersions: VersionRange
    let hooks: [String: Hook]
    let release: (@convention(c) (UnsafeMutablePointer<CChar>?, Int) -> Void)?

    struct Hook {
        let name: String
        let signature: Signature
        let function: @convention(c) () -> Void
    }

    /// Loads the library at `path`, and runs its constructors.
    init(loading path: String) throws(ErrorObject) {
        // Without a slash, dlopen would search the system's directories.
        guard let handle = dlopen(path.contains("/") ? path : "./" + path, RTLD_NOW | RTLD_LOCAL) else {
            let reason = dlerror().map { String(cString: $0) } ?? "unknown reason"
            throw ErrorObject(
                code: .internalError,
                message: "the plugin library \(path) cannot be loaded: \(reason)",
                subject: path
            )
        }
        guard let symbol = dlsym(handle, MKOSI_PLUGIN_SYMBOL) else {
            throw ErrorObject(
                code: .internalError,
                message: "the plugin library \(path) does not export the symbol \(MKOSI_PLUGIN_SYMBOL)",
                hint: "Define the function as mkosi_plugin.h declares it, and do not hide it",
                subject: path
            )
        }
        let entry = unsafeBitCast(symbol, to: (@convention(c) () -> UnsafePointer<mkosi_plugin>?).self)
        try self.init(path: path, descriptor: entry())
    }

    private init(path: String, descriptor: UnsafePointer<mkosi_plugin>?) throws(ErrorObject) {
        func broken(_ what: String) -> ErrorObject {
            ErrorObject(code: .internalError, message: "the plugin library \(path) \(what)", subject: path)
        }
        guard let descriptor else { throw broken("returned no descriptor") }
        // Nothing beyond struct_size may be read before the size is known to suffice.
        let size = UnsafeRawPointer(descriptor).load(as: UInt32.self)
        let needed = MemoryLayout<mkosi_plugin>.size
        guard size >= needed else {
            throw broken("has a descriptor of \(size) bytes, where at least \(needed) are needed")
        }
        let plugin = descriptor.pointee
        guard plugin.hook_size >= MemoryLayout<mkosi_hook>.size else {
            throw broken(
                "has hooks of \(plugin.hook_size) bytes, where at least \(MemoryLayout<mkosi_hook>.size) are needed"
            )
        }
        guard plugin.protocol_min <= plugin.protocol_max, plugin.interface_min <= plugin.interface_max else {
            throw broken("has a version range whose lowest version is above its highest")
        }
        guard let name = plugin.name, let version = plugin.version else {
            throw broken("has a descriptor without a name or a version")
        }
        var hooks: [String: Hook] = [:]
        for position in 0..<plugin.hook_count {
            guard let table = plugin.hooks else { throw broken("has a descriptor without a table of hooks") }
            let entry = UnsafeRawPointer(table) + position * Int(plugin.hook_size)
            let hook = try Self.hook(entry.load(as: mkosi_hook.self), number: position + 1, broken)
            guard hooks.updateValue(hook, forKey: hook.name) == nil else {
                throw broken("has two hooks with the name \(hook.name)")
            }
        }
        self.path = path
        self.hooks = hooks
        program = ABI.V1.Program(name: String(cString: name), version: String(cString: version))
        protocolVersions = VersionRange(min: Int(plugin.protocol_min), max: Int(plugin.protocol_max))
        interfaceVersions = VersionRange(min: Int(plugin.interface_min), max: Int(plugin.interface_max))
        release = plugin.release
    }

    private static func hook(
        _ entry: mkosi_hook,
        number: Int,
        _ broken: (String) -> ErrorObject
    ) throws(ErrorObject) -> Hook {
        guard let name = entry.name, let signature = entry.signature, let function = entry.function else {
            throw broken("has no name, signature or function in hook \(number)")
        }
        let text = String(cString: signature)
        do {
            return Hook(
                name: String(cString: name),
                signature: try Signature(parsing: text),
                function: function
            )
        } catch {
            throw broken(
                "has a wrong signature for the hook \(String(cString: name)), in column \(error.column) of"
                    + " \"\(text)\": \(error.message)"
            )
        }
    }
}
