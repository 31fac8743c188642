import Glibc
public import PluginWire

extension Host {
    /// A command that runs this program's own tool `name` inside the sandbox; give it to `run(_:)`.
    ///
    /// The directory of the program, and the runtime libraries next to it, are mounted at their own paths. This works
    /// for
    /// plugins that are executables, not for libraries.
    public func tool(_ name: String, _ arguments: [String] = []) throws(ErrorObject) -> ABI.V1.Run {
        guard let program = Host.programPath else {
            throw ErrorObject(code: .internalError, message: "the path of the plugin's program is unknown")
        }
        let slash = UInt8(ascii: "/")
        let directory = Substring(program.utf8.prefix(upTo: program.utf8.lastIndex(of: slash) ?? program.startIndex))
        let above = directory.utf8.split(separator: slash).dropLast(2)
        let runtime = above.reduce("") { "\($0)/\(Substring($1))" } + "/runtime"
        var command = ABI.V1.Run([program, "--tool", name] + arguments)
        var libraries = ABI.V1.Mount(source: runtime, target: runtime)
        libraries.optional = true
        command.mounts = [ABI.V1.Mount(source: String(directory), target: String(directory)), libraries]
        return command
    }

    private static var programPath: String? {
        var buffer = [CChar](repeating: 0, count: Int(PATH_MAX))
        let count = readlink("/proc/self/exe", &buffer, buffer.count)
        return count > 0 ? String(decoding: buffer[..<count].map(UInt8.init(bitPattern:)), as: UTF8.self) : nil
    }
}
