import CFiles
import Glibc
import ImageKit
import PluginWire

/// A package file that stays readable after chroot(2): its folder is held open.
struct PackageFile: Sendable {
    /// For messages.
    let path: String
    let size: Int
    /// Stays open for as long as the program runs.
    private let folder: Int32
    private let name: String

    /// Finds package files, with one open folder for all that lie in the same one.
    static func find(_ paths: [String]) throws(ErrorObject) -> [PackageFile] {
        var folders: [String: Int32] = [:]
        var files: [PackageFile] = []
        for path in paths {
            guard let slash = path.lastIndex(of: "/") else {
                throw ErrorObject(code: .invalidParameters, message: "the package \(path) has no absolute path")
            }
            let parent = String(path[..<slash])
            let folder = folders[parent] ?? mkosi_file_open(parent, O_PATH_DIRECTORY, 0)
            guard folder >= 0 else { throw SystemFile.failure("open", parent) }
            folders[parent] = folder
            let name = String(path[path.index(after: slash)...])
            var status = stat()
            guard fstatat(folder, name, &status, 0) == 0 else { throw SystemFile.failure("find", path) }
            files.append(PackageFile(path: path, size: Int(status.st_size), folder: folder, name: name))
        }
        return files
    }

    private static let O_PATH_DIRECTORY = O_RDONLY | O_DIRECTORY

    /// Reads the member `control.tar` or `data.tar`, however it is compressed.
    func read<Result>(_ member: String, _ body: (inout ArchiveReader) throws -> Result) throws -> Result {
        let descriptor = mkosi_file_openat(folder, name, O_RDONLY, 0)
        guard descriptor >= 0 else { throw SystemFile.failure("open", path) }
        defer { close(descriptor) }
        var reader = try ArchiveReader(path: path, descriptor: descriptor) { $0.hasPrefix(member) }
        return try body(&reader)
    }
}
