import Glibc

/// Paths as text: joining, taking apart, making absolute; nothing here follows a symbolic link unless it says so.
public enum Paths {
    public static func join(_ base: String, _ rest: String) -> String {
        if isAbsolute(rest) || base.isEmpty { return rest }
        if rest.isEmpty { return base }
        return base.utf8.last == UInt8(ascii: "/") ? base + rest : "\(base)/\(rest)"
    }

    public static func isAbsolute(_ path: String) -> Bool { path.utf8.first == UInt8(ascii: "/") }

    /// A Boolean value indicating whether a path is below a directory, judged by the text alone; `/` has everything below.
    public static func isBelow(_ path: String, _ directory: String) -> Bool {
        path.utf8.count > directory.utf8.count
            && path.utf8.starts(with: (directory.utf8.last == UInt8(ascii: "/") ? directory : directory + "/").utf8)
    }

    /// The last component.
    public static func name(_ path: String) -> String {
        components(path).last.map(String.init) ?? path
    }

    /// The parts between slashes, without empty ones.
    ///
    /// By bytes: as characters, a slash with a combining mark behind it is another character.
    public static func components(_ path: String) -> [Substring] {
        path.utf8.split(separator: UInt8(ascii: "/")).map { Substring($0) }
    }

    /// All but the last component, or nil for `/` and for a single name.
    public static func parent(_ path: String) -> String? {
        var text = path.utf8[...]
        let separator = UInt8(ascii: "/")
        while text.dropFirst().last == separator { text.removeLast() }
        guard let slash = text.lastIndex(of: separator) else { return nil }
        if slash == text.startIndex { return text.dropFirst().isEmpty ? nil : "/" }
        return String(Substring(text[..<slash]))
    }

    /// Absolute and without `.`, `..` and doubled slashes, judged by the text alone.
    public static func absolute(_ path: String, from directory: String? = nil) -> String {
        let start = isAbsolute(path) ? path : join(directory ?? currentDirectory(), path)
        var parts: [Substring] = []
        for part in components(start) where part != "." {
            if part == ".." { _ = parts.popLast() } else { parts.append(part) }
        }
        return "/" + parts.joined(separator: "/")
    }

    public static func currentDirectory() -> String {
        guard let buffer = getcwd(nil, 0) else { return "/" }
        defer { free(buffer) }
        return String(cString: buffer)
    }

    /// Returns the path without symbolic links, or nil when nothing is there.
    public static func resolved(_ path: String) -> String? {
        guard let buffer = realpath(path, nil) else { return nil }
        defer { free(buffer) }
        return String(cString: buffer)
    }

    /// Returns the text of a symbolic link; nil for anything else.
    public static func linkTarget(_ path: String) -> String? {
        var buffer = [UInt8](repeating: 0, count: Int(PATH_MAX))
        let count = buffer.withUnsafeMutableBytes { bytes in
            bytes.withMemoryRebound(to: CChar.self) { text in
                text.baseAddress.map { readlink(path, $0, text.count) } ?? -1
            }
        }
        return count < 0 ? nil : String(decoding: buffer[..<count], as: UTF8.self)
    }

    /// Returns the working directory of a program that changes it to this path: absolute and, if it exists, without links.
    public static func entered(_ path: String, from directory: String) -> String {
        resolved(join(directory, path)) ?? absolute(path, from: directory)
    }

    /// The first executable file of this name in the directories of `path`, or of `$PATH`.
    public static func findProgram(_ name: String, path: String? = nil) -> String? {
        if name.utf8.contains(UInt8(ascii: "/")) { return Files.isExecutable(name) ? name : nil }
        let list = path ?? Environment.variable("PATH") ?? SearchPath.distribution
        for directory in list.utf8.split(separator: UInt8(ascii: ":")) {
            let candidate = join(String(Substring(directory)), name)
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
