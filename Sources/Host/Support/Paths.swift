import Glibc

/// Paths as text: joining, taking apart, making absolute; nothing here follows a symbolic link unless it says so.
public enum Paths {
    public static func join(_ base: String, _ rest: String) -> String {
        if rest.hasPrefix("/") || base.isEmpty { return rest }
        if rest.isEmpty { return base }
        return base.hasSuffix("/") ? base + rest : "\(base)/\(rest)"
    }

    /// The last component.
    public static func name(_ path: String) -> String {
        path.split(separator: "/").last.map(String.init) ?? path
    }

    /// All but the last component, or nil for `/` and for a single name.
    public static func parent(_ path: String) -> String? {
        var text = Substring(path)
        while text.count > 1, text.hasSuffix("/") { text.removeLast() }
        guard let slash = text.lastIndex(of: "/") else { return nil }
        if slash == text.startIndex { return text.count > 1 ? "/" : nil }
        return String(text[..<slash])
    }

    /// Absolute and without `.`, `..` and doubled slashes, judged by the text alone.
    public static func absolute(_ path: String, from directory: String? = nil) -> String {
        let start = path.hasPrefix("/") ? path : join(directory ?? currentDirectory(), path)
        var parts: [Substring] = []
        for part in start.split(separator: "/") where part != "." {
            if part == ".." { _ = parts.popLast() } else { parts.append(part) }
        }
        return "/" + parts.joined(separator: "/")
    }

    public static func currentDirectory() -> String {
        guard let buffer = getcwd(nil, 0) else { return "/" }
        defer { free(buffer) }
        return String(cString: buffer)
    }

    /// Where a path leads after all symbolic links, or nil when nothing is there.
    public static func resolved(_ path: String) -> String? {
        guard let buffer = realpath(path, nil) else { return nil }
        defer { free(buffer) }
        return String(cString: buffer)
    }

    /// What a symbolic link says; nil for anything else.
    public static func linkTarget(_ path: String) -> String? {
        var buffer = [UInt8](repeating: 0, count: Int(PATH_MAX))
        let count = buffer.withUnsafeMutableBytes { bytes in
            bytes.withMemoryRebound(to: CChar.self) { text in
                text.baseAddress.map { readlink(path, $0, text.count) } ?? -1
            }
        }
        return count < 0 ? nil : String(decoding: buffer[..<count], as: UTF8.self)
    }

    /// Where a program is that changes its working directory to this path: absolute and, if it exists, without links.
    public static func entered(_ path: String, from directory: String) -> String {
        resolved(join(directory, path)) ?? absolute(path, from: directory)
    }

    /// The first executable file of this name on `$PATH`.
    public static func findProgram(_ name: String, path: String? = nil) -> String? {
        if name.contains("/") { return Files.isExecutable(name) ? name : nil }
        let list = path ?? Environment.variable("PATH") ?? "/usr/sbin:/usr/bin:/sbin:/bin"
        for directory in list.split(separator: ":") {
            let candidate = join(String(directory), name)
            if Files.isExecutable(candidate) { return candidate }
        }
        return nil
    }
}

/// The environment of the process, read once where it is needed and passed on as values.
public enum Environment {
    public static func variable(_ name: String) -> String? {
        getenv(name).map { String(cString: $0) }
    }
}
