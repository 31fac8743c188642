import Support
import System

/// Links can make a few directories look like endlessly many; reading has to end all the same.
extension Loader {
    /// More than any project has, and few enough to be read in a moment.
    private static let maximumDirectories = 10_000

    /// Notes that a directory, which has no links in its path, is being read now.
    mutating func enter(_ directory: String) throws(Failure) {
        directoryCount += 1
        guard directoryCount <= Self.maximumDirectories else {
            throw Failure(
                .configuration,
                "\(directory) exceeds the limit of \(Self.maximumDirectories) directories per project",
                hint: "Check for links that lead to the same directories repeatedly"
            )
        }
        entered.append(directory)
    }

    /// Refuses a drop-in directory that is one of those from which it was reached.
    func checkLoop(_ directory: String) throws(Failure) {
        guard let whole = Paths.resolved(directory), entered.contains(whole) else { return }
        throw Failure(
            .configuration,
            "\(directory) leads back to \(whole), which is already being read",
            hint: "Remove the link"
        )
    }
}
