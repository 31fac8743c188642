internal import Glibc
internal import System

/// The shell of the host as the content of a package, so that scripts of packages can run in a tree.
public enum SampleShell {
    /// The shell and what it is linked with, at their paths below `/usr`.
    ///
    /// The libraries are those that the shell's own process has mapped, so no other program is needed.
    public static func files() throws -> [SampleFile] {
        let shell = try resolved("/bin/sh")
        var files = [SampleFile("/usr/bin/sh", .regular(try Files.read(shell)), mode: 0o755)]
        for library in try libraries() {
            let target = library.hasPrefix("/usr/") ? library : "/usr" + library
            files.append(SampleFile(target, .regular(try Files.read(resolved(library))), mode: 0o755))
        }
        return files
    }

    /// Names of the shell's libraries, as its loader prints them.
    private static func libraries() throws -> [String] {
        guard let stream = popen("LD_TRACE_LOADED_OBJECTS=1 /bin/sh", "r") else { return [] }
        defer { pclose(stream) }
        var text: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 4096)
        while true {
            let count = fread(&buffer, 1, buffer.count, stream)
            if count == 0 { break }
            text += buffer[..<count]
        }
        // NAME => PATH (ADDRESS), or PATH (ADDRESS) for the loader itself.
        return String(decoding: text, as: UTF8.self).split(separator: "\n").compactMap { line in
            line.split(whereSeparator: \.isWhitespace).first { $0.hasPrefix("/") }.map(String.init)
        }
    }

    private static func resolved(_ path: String) throws(SystemCallError) -> String {
        guard let real = realpath(path, nil) else { throw SystemCallError("realpath", path, errno: errno) }
        defer { free(real) }
        return String(cString: real)
    }
}
