import Display
import Glibc
import Support
import System

/// The amounts of data that are going to be written, as far as they are known before it begins.
struct SpaceNeeds {
    private var needs: [Need] = []

    private struct Need {
        var bytes: Int
        var directory: String
        /// The setting that can name another directory.
        var setting: String
    }

    /// Notes that `directory`, which may not be there yet, is going to have so many bytes more.
    mutating func add(_ bytes: Int, in directory: String, setting: String) {
        if bytes > 0 { needs.append(Need(bytes: bytes, directory: directory, setting: setting)) }
    }

    /// The room of a file system.
    struct Room {
        /// The file system.
        var device: UInt64
        /// Bytes that the user may still write.
        var free: Int
    }

    /// Refuses to begin what cannot end for want of room; several directories may be on one file system.
    func check(room: (String) -> Room? = Self.room) throws(Failure) {
        var systems: [(room: Room, needs: [Need])] = []
        for need in needs {
            guard let room = room(need.directory) else { continue }
            if let index = systems.firstIndex(where: { $0.room.device == room.device }) {
                systems[index].needs.append(need)
            } else {
                systems.append((room, [need]))
            }
        }
        for (room, needs) in systems {
            let total = needs.saturatedSum(\.bytes)
            guard total > room.free, let largest = needs.max(by: { $0.bytes < $1.bytes }) else { continue }
            let others = needs.map(\.setting).filter { $0 != largest.setting }
            let settings = [largest.setting] + Set(others).sorted()
            let free = "\(Format.bytes(room.free)) (\(room.free) bytes)"
            throw Failure(
                .system,
                "Not enough disk space in \(largest.directory): its file system has \(free) free, "
                    + "and this build needs about \(Format.bytes(total)) (\(total) bytes) there; "
                    + "\(settings.map { "\($0)=" }.joined(separator: " or ")) can select another directory"
            )
        }
    }

    /// The space where a directory is, or would be created; nil if unknown.
    static func room(of directory: String) -> Room? {
        var directory = directory
        while !Files.exists(directory), let parent = Paths.parent(directory), parent != directory { directory = parent }
        var system = statvfs()
        guard statvfs(directory, &system) == 0, let status = FileStatus(at: "\(directory)/.") else { return nil }
        // Some file systems have no number of blocks at all.
        if system.f_blocks == 0 { return nil }
        let free = UInt64(system.f_bavail).multipliedReportingOverflow(by: UInt64(system.f_frsize))
        return Room(device: status.device, free: free.overflow ? .max : Int(clamping: free.partialValue))
    }
}
