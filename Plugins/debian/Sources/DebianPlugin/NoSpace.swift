import FoundationEssentials
import PluginWire

/// Says which folder of the host is full where a tool could not write, whatever the tool made of it.
enum NoSpace {
    /// A folder that a tool writes to, and the setting that chooses it.
    struct Place: Sendable {
        var folder: String
        var setting: String

        static func cache(_ context: ABI.V1.Context) -> Place {
            Place(folder: context.cache, setting: "PackageCacheDirectory=")
        }

        static func workspace(_ context: ABI.V1.Context) -> Place {
            Place(folder: context.workspace, setting: "WorkspaceDirectory=")
        }
    }

    private static let sign = "No space left on device"

    /// Whether a text tells of a full file system.
    static func isMeant(_ text: String) -> Bool { Text.contains(text, sign) }

    /// The error that names the folder; any other error as it is.
    static func explained(_ error: ErrorObject, _ place: Place) -> ErrorObject {
        let output = error.data?.output ?? ""
        guard isMeant(error.message) || isMeant(output) else { return error }
        return ErrorObject(
            code: .commandFailed,
            message: "there is no space left on the file system of \(place.folder)",
            hint: "Make room there, or choose another folder with \(place.setting)",
            subject: place.folder,
            output: output.isEmpty ? error.message : output
        )
    }
}
