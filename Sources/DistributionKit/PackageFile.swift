public import ArchiveKit
import ByteKeys
import CFiles
import Glibc
public import PluginWire

/// A package file that stays readable after chroot(2): its directory is held open.
public struct PackageFile: Sendable {
    /// For messages.
    public let path: String
    public let size: Int
    /// Stays open for as long as the program runs.
    private let directory: Int32
    private let name: String

    /// Finds package files, with one open descriptor per directory.
    public static func find(_ paths: [String]) throws(ErrorObject) -> [PackageFile] {
        var directories: ByteDictionary<Int32> = [:]
        var files: [PackageFile] = []
        for path in paths {
            guard let slash = path.utf8.lastIndex(of: UInt8(ascii: "/")) else {
                throw ErrorObject(code: .invalidParameters, message: "the path of the package \(path) is not absolute")
            }
            let parent = String(path[..<slash])
            let directory = directories[parent] ?? mkosi_file_open(parent, O_PATH_DIRECTORY, 0)
            guard directory >= 0 else { throw SystemFile.failure("open", parent) }
            directories[parent] = directory
            let name = String(path[path.utf8.index(after: slash)...])
            var status = stat()
            guard fstatat(directory, name, &status, 0) == 0 else { throw SystemFile.failure("find", path) }
            guard status.st_mode & S_IFMT == S_IFREG else { throw notRegular(path) }
            files.append(PackageFile(path: path, size: Int(status.st_size), directory: directory, name: name))
        }
        return files
    }

    private static let O_PATH_DIRECTORY = O_RDONLY | O_DIRECTORY

    private static func notRegular(_ path: String) -> ErrorObject {
        ErrorObject(code: .untrusted, message: "the package \(path) is not a regular file", subject: path)
    }

    /// Reads the archive inside the package whose name begins with `member`, however it is compressed.
    public func read<Result>(_ member: String, _ body: (inout ArchiveReader) throws -> Result) throws -> Result {
        // Another process may have replaced the file by a pipe, whose open would wait for a writer.
        let descriptor = mkosi_file_openat(directory, name, O_RDONLY | O_NONBLOCK, 0)
        guard descriptor >= 0 else { throw SystemFile.failure("open", path) }
        defer { close(descriptor) }
        var status = stat()
        guard fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFREG else { throw Self.notRegular(path) }
        do {
            var reader = try ArchiveReader(path: path, descriptor: descriptor) { $0.hasPrefix(member) }
            return try body(&reader)
        } catch let error as ImageError where error.code == .damaged || error.code == .missing {
            throw ErrorObject(
                code: .untrusted,
                message: error.code == .missing
                    ? "the package \(path) is damaged: it has no \(member)" : "the package \(error.message)",
                hint: "Replace it with an undamaged copy",
                subject: path
            )
        }
    }
}
