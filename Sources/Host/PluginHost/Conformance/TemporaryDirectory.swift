import Glibc
import Support
import System

/// A directory that is removed with everything in it when its owner goes.
final class TemporaryDirectory {
    let path: String

    init() throws(CheckFailure) {
        let variable = Environment.variable("TMPDIR").flatMap { FileOwner.isOwn(variable: "TMPDIR", $0) ? $0 : nil }
        let parent = variable ?? "/tmp"
        do throws(SystemCallError) {
            path = try Files.makePrivateDirectory(Paths.join(parent, "mkosi-check."))
        } catch {
            throw CheckFailure("a directory in \(parent) cannot be created: \(String(cString: strerror(error.errno)))")
        }
    }

    deinit {
        Self.remove(path)
    }

    /// Replaces whatever is there with an empty directory, without following links.
    static func renew(_ path: String) throws(CheckFailure) {
        remove(path)
        guard mkdir(path, 0o755) == 0 else {
            throw CheckFailure("the directory \(path) cannot be created: \(String(cString: strerror(errno)))")
        }
    }

    private static func remove(_ path: String) {
        guard Files.kind(of: path) == S_IFDIR else {
            unlink(path)
            return
        }
        for name in (try? Files.list(path)) ?? [] { remove(Paths.join(path, name)) }
        rmdir(path)
    }

    /// Copies a file or a directory of files, with its permission bits.
    static func copy(_ source: String, to target: String) throws(SystemCallError) {
        var status = stat()
        try systemCall("stat", source) { stat(source, &status) }
        if status.st_mode & S_IFMT == S_IFDIR {
            try Files.makeDirectories(target)
            for name in try Files.list(source) {
                try copy(Paths.join(source, name), to: Paths.join(target, name))
            }
        } else {
            try Files.write(Files.read(source), to: target, mode: status.st_mode & 0o7777)
        }
    }
}
