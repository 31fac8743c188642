internal import Glibc
internal import System

/// The shell and further programs of the host as the content of a package, so that scripts of packages can run in a tree.
public enum SampleShell {
    /// The shell, programs and what they are linked with, at their paths below `/usr`.
    ///
    /// The libraries are those that the dynamic linker prints, so no other program is needed.
    public static func files(with programs: [String] = []) throws -> [SampleFile] {
        var files: [SampleFile] = []
        var libraries: [String] = []
        for (name, path) in try [("sh", "/bin/sh")] + programs.map({ ($0, try place(of: $0)) }) {
            let content = try Files.read(resolved(path))
            files.append(SampleFile("/usr/bin/\(name)", .regular(content), mode: 0o755))
            for library in linked(with: path) where !libraries.contains(library) { libraries.append(library) }
        }
        for library in libraries {
            let target = library.hasPrefix("/usr/") ? library : "/usr" + library
            files.append(SampleFile(target, .regular(try Files.read(resolved(library))), mode: 0o755))
        }
        return files
    }

    private static func place(of program: String) throws(SystemCallError) -> String {
        for directory in ["/usr/bin", "/bin", "/usr/sbin", "/sbin"] where access("\(directory)/\(program)", X_OK) == 0 {
            return "\(directory)/\(program)"
        }
        throw SystemCallError("access", "/usr/bin/\(program)", errno: ENOENT)
    }

    /// Paths of the libraries of a program, as its loader prints them.
    private static func linked(with program: String) -> [String] {
        guard let stream = popen("LD_TRACE_LOADED_OBJECTS=1 \(program)", "r") else { return [] }
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
