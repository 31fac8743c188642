import Display
import Glibc
import PluginWire
import Support

/// The files that a plugin wants in the sandbox, written below a folder of the workspace.
enum SandboxFiles {
    /// Only these may be laid over the sandbox's own: programs always come from the system.
    private static let allowed = ["etc", "var"]

    static func write(_ files: [ABI.V1.File], to directory: String) throws(Failure) {
        for file in files {
            let isAbsolute = Paths.isAbsolute(file.path)
            guard isAbsolute, let place = RelativePath(Paths.components(file.path).joined(separator: "/")),
                place.names.count >= 3, allowed.contains(place.names[0].text)
            else {
                throw Failure(
                    .plugin,
                    "The plugin wants the file \"\(printable(file.path))\" in the sandbox, "
                        + "which is not below a directory in /etc or /var"
                )
            }
            let mode = file.mode ?? 0o644
            guard (0...0o7777).contains(mode) else {
                throw Failure(.plugin, "The plugin wants \(file.path) in the sandbox with the mode \(mode)")
            }
            let path = place.path(below: directory)
            do throws(SystemCallError) {
                try Files.makeDirectories(Paths.parent(path) ?? directory)
                let bytes = try file.source.map(read) ?? Array((file.text ?? "").utf8)
                try Files.write(bytes, to: path, mode: mode_t(mode) & 0o777)
            } catch {
                throw Failure(.system, "Cannot write \(file.path) for the sandbox", cause: error)
            }
        }
    }

    private static func read(_ path: String) throws(SystemCallError) -> [UInt8] {
        try Files.read(path)
    }
}
