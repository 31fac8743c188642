import Glibc
import Support
import System

/// The time at which the indexes of repositories were last brought up to date, as that of a file next to them.
struct MetadataAge: Sendable {
    private let path: String

    /// So many seconds repositories are not asked again for what is added to an image.
    private static let recent = 30 * 60

    /// - Parameter directory: The directory of the indexes.
    init(directory: String) { path = "\(directory).refreshed" }

    var isRecent: Bool {
        guard let status = FileStatus(at: path) else { return false }
        let age = time(nil).subtractingReportingOverflow(status.modified.seconds).partialValue
        return (0..<Self.recent).contains(age)
    }

    /// Notes that repositories were just asked; where that cannot be written down, they are asked again.
    func note() { try? Files.write([], to: path) }

    /// Forces a metadata refresh, because a listed package could not be downloaded.
    func forget() { Files.remove(path) }
}
