import JSON
import PluginWire
import Support

/// Results of a step besides the tree; kept with its layer.
struct StepResult: Codable, Sendable {
    /// The newest time that the packages carry, in seconds since the epoch.
    var timestamp: Int?
    /// The packages that are installed in the image.
    var installed: [ABI.V1.InstalledPackage]?
    /// The packages that are installed in the tree if the step has just installed some.
    var packages: [ABI.V1.InstalledPackage]?
    /// The content of the shared directories that the step's scripts could write to, by `SharedDirectory`.
    var directories: [String: Content] = [:]
    /// The warnings to the user: a build that reuses the layer repeats them, for the image is no better than before.
    var warnings: [String]?
    /// The files that its scripts have read; nil without scripts, or if unknown.
    var use: ScriptUse?

    struct Content: Codable, Sendable {
        var digest: String
        var isEmpty: Bool
    }

    /// The result, as encoded in the record of a layer.
    func json() throws(Failure) -> JSON {
        do {
            return try JSONText.untyped(self)
        } catch {
            throw Failure(.system, "Cannot write the result of a step", cause: error)
        }
    }

    /// A result that was kept; nil for one that says something else.
    init?(_ json: JSON?) {
        guard let json, let result = try? JSONText.convert(json, to: StepResult.self) else { return nil }
        self = result
    }

    init() {}
}
