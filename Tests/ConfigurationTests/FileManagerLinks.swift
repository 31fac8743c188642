import Foundation

/// Symbolic links for tests.
enum FileManagerLinks {
    static func link(_ path: String, to target: String) throws {
        try FileManager.default.createSymbolicLink(atPath: path, withDestinationPath: target)
    }
}
