import JSON
import PluginWire
import Support
import System

/// `check.json`: what a plugin's author wants to be tried, request by request.
struct CheckData: Decodable {
    /// Created below the workspace before the first request.
    var files: [File]?
    /// Commands that are run after that, each a program and its arguments, with the placeholders of parameters.
    var prepare: [[String]]?
    var checks: [Entry]

    struct File: Decodable {
        /// Relative to the workspace.
        var path: String
        var text: String?
        /// A file or directory to be copied, relative to the plugin's directory.
        var source: String?
        /// Permission bits, as a string of octal digits.
        var mode: String?
    }

    struct Entry: Decodable {
        var name: String
        var method: String
        var params: JSON?
        /// The result that the answer has to have; absent: any.
        var expect: Expectation?
        /// Paths relative to the workspace that have to exist afterwards.
        var produces: [String]?
    }

    struct Expectation: Decodable {
        var result: JSON?
        var error: Int?
    }

    static let fileName = "check.json"

    /// Reads the file next to the manifest; nil if there is none.
    static func read(in directory: String) throws(CheckFailure) -> CheckData? {
        let path = Paths.join(directory, fileName)
        guard Files.exists(path) else { return nil }
        let value: JSON
        do {
            value = try JSON.parse(Files.read(path))
        } catch {
            throw CheckFailure("\(path) cannot be read: \(error)")
        }
        do throws(ErrorObject) {
            return try Message.typed(value, as: CheckData.self, name: "check")
        } catch {
            throw CheckFailure("\(path) is not valid: \(error.message)")
        }
    }
}
