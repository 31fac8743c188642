import FoundationEssentials
import Glibc
import PluginWire

/// Names the full directory of the host if a tool could not write, however the tool reported it.
enum NoSpace {
    /// A directory that a tool writes to, and the setting that chooses it.
    struct Place: Sendable {
        var directory: String
        var setting: String

        static func cache(_ context: ABI.V1.Context) -> Place {
            Place(directory: context.cache, setting: "PackageCacheDirectory=")
        }

        static func workspace(_ context: ABI.V1.Context) -> Place {
            Place(directory: context.workspace, setting: "WorkspaceDirectory=")
        }
    }

    private static let sign = "No space left on device"

    /// A Boolean value indicating whether a text reports a full file system.
    static func isMeant(_ text: String) -> Bool { Text.contains(text, sign) }

    /// The error that names the directory; any other error as it is.
    ///
    /// Not every program says why it could not write, so directories that are full now are named whatever was said:
    /// `temporary` is where tools make their temporary files.
    static func explained(
        _ error: ErrorObject,
        _ place: Place,
        temporary: Place,
        isFull: (String) -> Bool = NoSpace.isFull
    ) -> ErrorObject {
        let output = error.data?.output ?? ""
        let full = [place, temporary].first { isFull($0.directory) }
        guard full != nil || isMeant(error.message) || isMeant(output) else { return error }
        let place = full ?? place
        return ErrorObject(
            code: .commandFailed,
            message: "there is no space left on the file system of \(place.directory)",
            hint: "Free some space there, or choose another directory with \(place.setting)",
            subject: place.directory,
            output: output.isEmpty ? error.message : output
        )
    }

    /// Whether not even a small file has room.
    static func isFull(_ directory: String) -> Bool {
        var system = statvfs()
        guard statvfs(directory, &system) == 0, system.f_blocks > 0 else { return false }
        let isWithoutNames = system.f_files > 0 && system.f_favail == 0
        return isWithoutNames || system.f_bavail < 16
    }
}
