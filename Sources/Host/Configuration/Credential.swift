import ByteKeys
import JSON
import PluginWire

/// A credential for the running system (systemd.system-credentials(7)): its value, or the file that holds it.
///
/// The file is only read, and run where it is a program, when the system runs: what is secret is nothing that a summary
/// needs.
public struct Credential: Sendable, Equatable {
    public var name: String
    public var content: Content

    public enum Content: Sendable, Equatable {
        case value(String)
        case file(path: String)
    }

    public init(name: String, content: Content) {
        self.name = name
        self.content = content
    }

    /// Returns true for a file name without a colon, with which the options of programs end a name.
    static func isName(_ text: String) -> Bool {
        let bytes = Array(text.utf8)
        return (1...255).contains(bytes.count) && ![[0x2e], [0x2e, 0x2e]].contains(bytes)
            && bytes.allSatisfy { $0 >= 0x20 && ![0x2f, 0x3a, 0x7f].contains($0) }
    }

    var json: JSON {
        var path = JSON.null
        var value = JSON.null
        switch content {
        case .value(let text): value = .string(text)
        case .file(let text): path = .string(text)
        }
        return .object(["Name": .string(name), "Path": path, "Value": value])
    }

    init?(json: JSON) {
        guard let name = json["Name"]?.string, !name.isEmpty else { return nil }
        switch (json["Path"] ?? .null, json["Value"] ?? .null) {
        case (.string(let path), .null): self.init(name: name, content: .file(path: path))
        case (.null, .string(let value)): self.init(name: name, content: .value(value))
        default: return nil
        }
    }
}
