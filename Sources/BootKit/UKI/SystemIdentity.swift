internal import System

/// The description of the system that is in a tree (os-release(5)).
public struct SystemIdentity: Sendable, Equatable {
    /// The file, as it is.
    public var text: [UInt8]
    /// The values by name, without quotation marks.
    public var values: [String: String] = [:]

    /// Reads the file of a tree; nil where there is none.
    public init?(root: String) {
        let places = ["/usr/lib/os-release", "/etc/os-release"]
        guard let bytes = places.lazy.compactMap({ Self.read($0, root) }).first else { return nil }
        text = bytes
        for line in String(decoding: bytes, as: UTF8.self).split(separator: "\n") where !line.hasPrefix("#") {
            guard let equals = line.firstIndex(of: "=") else { continue }
            let value = line[line.index(after: equals)...].filter { $0 != "\"" && $0 != "'" && $0 != "\\" }
            values[String(line[..<equals])] = value
        }
    }

    private static func read(_ path: String, _ root: String) -> [UInt8]? {
        guard let place = Files.place(path, inTree: root), Files.isPlainFile(place) else { return nil }
        return try? Files.read(place, limit: 1 << 20)
    }

    /// The word that entries of boot loaders begin with, as kernel-install(8) finds it.
    ///
    /// It is that of `/etc/kernel/entry-token`, the image's ID, or the system's.
    public static func entryToken(root: String) -> String {
        let word =
            read("/etc/kernel/entry-token", root).map {
                String(decoding: $0, as: UTF8.self).prefix { !$0.isWhitespace }
            } ?? ""
        let identity = SystemIdentity(root: root)
        let candidates = [String(word), identity?.values["IMAGE_ID"], identity?.values["ID"]]
        return candidates.compactMap(\.self).first { !$0.isEmpty && $0.isFileName } ?? "linux"
    }
}

extension String {
    /// Returns true if it is the name of a file, and no path.
    var isFileName: Bool { FileName(self) != nil && utf8.count <= 200 }
}
