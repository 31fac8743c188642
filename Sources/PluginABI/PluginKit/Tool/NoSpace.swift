import Glibc
public import PluginWire

/// Names the full directory of the host if a tool could not write, however the tool reported it.
public enum NoSpace {
    /// A directory that a tool writes to, and the setting that chooses it.
    public struct Place: Sendable {
        public var directory: String
        public var setting: String

        public init(directory: String, setting: String) {
            self.directory = directory
            self.setting = setting
        }

        public static func cache(_ context: ABI.V1.Context) -> Place {
            Place(directory: context.cache, setting: "PackageCacheDirectory=")
        }

        public static func workspace(_ context: ABI.V1.Context) -> Place {
            Place(directory: context.workspace, setting: "WorkspaceDirectory=")
        }
    }

    /// The text of ENOSPC in the locale C.
    private static let sign = Array("No space left on device".utf8)

    /// A Boolean value indicating whether a text reports a full file system.
    public static func isMeant(_ text: String) -> Bool {
        let bytes = Array(text.utf8)
        return bytes.indices.contains { bytes[$0] == sign[0] && bytes[$0...].starts(with: sign) }
    }

    /// The error that names the directory; any other error as it is.
    ///
    /// Not every program says why it could not write, so directories that are full now are named whatever was said:
    /// `temporary` is where tools make their temporary files.
    public static func explained(
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
            message: "there is not enough space left on the file system of \(place.directory)",
            hint: "Free some space there, or choose another directory with \(place.setting)",
            subject: place.directory,
            output: output.isEmpty ? error.message : output
        )
    }

    /// The space for temporary files that a tool may remove before it fails: apt-key(8) copies signed indexes, and then
    /// says that they are not signed.
    private static let leastBytes: UInt64 = 4 << 20

    /// A Boolean value indicating whether a directory's file system has no room for what tools write by the way.
    public static func isFull(_ directory: String) -> Bool {
        var system = statvfs()
        guard statvfs(directory, &system) == 0, system.f_blocks > 0 else { return false }
        let isWithoutNames = system.f_files > 0 && system.f_favail == 0
        return isWithoutNames || UInt64(system.f_bavail) * UInt64(system.f_frsize) < leastBytes
    }
}
