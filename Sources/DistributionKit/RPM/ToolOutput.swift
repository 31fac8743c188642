import JSON
import PluginWire

/// The result that a tool of a plugin has printed: the last line that is an object of JSON.
public enum ToolOutput {
    public static func decode<Result: Decodable>(_ type: Result.Type, from output: String) throws -> Result {
        let line = output.split(separator: "\n").last { $0.hasPrefix("{") } ?? ""
        return try JSONText.decode(type, from: line.utf8)
    }
}
