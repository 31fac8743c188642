import ByteKeys
import Glibc
import JSON
import PluginWire
import Support
import System

/// The directory that `check.json` is tried in, and the placeholders for its content.
final class CheckWorkspace {
    let plugin: InstalledPlugin
    /// The value of `${resolved}`.
    var resolved: JSON = .array([])
    private let directory: TemporaryDirectory

    init(_ plugin: InstalledPlugin) throws(CheckFailure) {
        self.plugin = plugin
        directory = try TemporaryDirectory()
        do throws(SystemCallError) {
            for name in ["cache", "root", "scratch", "staging"] { try Files.makeDirectories(path(name)) }
        } catch {
            throw CheckFailure("a workspace cannot be created: \(error)")
        }
    }

    /// Absolute, without links.
    var path: String { directory.path }

    func path(_ name: String) -> String { Paths.join(path, name) }

    /// Makes a file of `check.json`.
    func make(_ file: CheckData.File) throws(CheckFailure) {
        guard let relative = RelativePath(file.path) else {
            throw CheckFailure("the file \(AnswerFlaw.quoted(file.path)) of check.json is not below the workspace")
        }
        let path = relative.path(below: path)
        do throws(SystemCallError) {
            try Files.makeDirectories(Paths.parent(path) ?? "/")
            if let source = file.source {
                try TemporaryDirectory.copy(Paths.join(plugin.directory, source), to: path)
            } else {
                try Files.write(Array(fill(file.text ?? "").utf8), to: path)
            }
            if let mode = file.mode.flatMap({ mode_t($0, radix: 8) }) {
                try systemCall("chmod", path) { chmod(path, mode) }
            }
        } catch {
            throw CheckFailure("the file \(file.path) of check.json cannot be created: \(error)")
        }
    }

    /// Puts the workspace's and the plugin's directory in place of `${workspace}` and `${plugin}`, and the packages of
    /// the
    /// last resolution in place of the string `${resolved}`.
    func fill(_ value: JSON) -> JSON {
        switch value {
        case .string("${resolved}"): resolved
        case .string(let text): .string(fill(text))
        case .array(let elements): .array(elements.map(fill))
        case .object(let members): .object(members.mapValues(fill))
        default: value
        }
    }

    func fill(_ text: String) -> String {
        var rest = text[...]
        var filled = ""
        while let start = rest.firstIndex(of: "$") {
            filled += rest[..<start]
            rest = rest[start...]
            if rest.hasPrefix("${workspace}") {
                filled += path
                rest = rest.dropFirst("${workspace}".count)
            } else if rest.hasPrefix("${plugin}") {
                filled += plugin.directory
                rest = rest.dropFirst("${plugin}".count)
            } else {
                filled += "$"
                rest = rest.dropFirst()
            }
        }
        return filled + rest
    }
}
