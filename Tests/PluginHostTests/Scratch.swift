import Glibc
import PluginWire
import Support
import Testing

@testable import PluginHost

/// A directory that lives as long as its owner.
final class Scratch {
    let path: String

    init() throws {
        var template = Array("/tmp/mkosi-plugin-test.XXXXXX".utf8CString)
        let made = try #require(mkdtemp(&template).map { String(cString: $0) })
        path = made
    }

    deinit {
        Scratch.remove(path)
    }

    func directory(_ name: String) throws -> String {
        let directory = Paths.join(path, name)
        try Files.makeDirectories(directory)
        return directory
    }

    func write(_ name: String, _ text: String, mode: mode_t = 0o644) throws -> String {
        let file = Paths.join(path, name)
        if let parent = Paths.parent(file) { try Files.makeDirectories(parent) }
        try Files.write(Array(text.utf8), to: file, mode: mode)
        return file
    }

    private static func remove(_ path: String) {
        if Files.kind(of: path) == S_IFDIR {
            for name in (try? Files.list(path)) ?? [] { remove(Paths.join(path, name)) }
            rmdir(path)
        } else {
            unlink(path)
        }
    }
}
