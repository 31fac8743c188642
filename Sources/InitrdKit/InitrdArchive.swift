public import ArchiveKit
public import BootKit
internal import Glibc
internal import System

/// Writes archives that the kernel unpacks: chosen files with the directories above them, in the order of their paths.
///
/// Everything belongs to root, and no time is later than the given one.
public struct InitrdArchive: Sendable {
    /// A file of the archive, and where its bytes come from.
    private struct Member {
        var path: String
        /// Files whose bytes follow one another.
        var sources: [String]
    }

    private var members: [Member] = []
    private let epoch: Int

    /// - Parameter epoch: The time of everything in it, in seconds since the epoch.
    public init(epoch: Int?) { self.epoch = epoch ?? 0 }

    /// Adds a file or a symbolic link.
    public mutating func add(_ path: String, from source: String) {
        members.append(Member(path: path, sources: [source]))
    }

    /// Adds one file that has the bytes of several, one after the other.
    public mutating func add(_ path: String, joining sources: [String]) {
        members.append(Member(path: path, sources: sources))
    }

    public var isEmpty: Bool { members.isEmpty }

    /// Writes the archive; the same files give the same bytes.
    public func write(to path: String, compression: Compression, jobs: Int = 1) throws(BootError) {
        do throws(ImageError) {
            var writer = try ArchiveWriter(path: path, layout: .newc, compression: compression, jobs: jobs)
            var directories: Set<String> = []
            for member in members.sorted(by: { $0.path.utf8.lexicographicallyPrecedes($1.path.utf8) }) {
                var parent = ""
                for component in Paths.components(member.path).dropLast() {
                    parent += parent.isEmpty ? String(component) : "/\(component)"
                    guard directories.insert(parent).inserted else { continue }
                    var entry = ArchiveEntry(path: BytePath(parent), kind: .directory, mode: 0o755)
                    entry.modified = FileTime(seconds: epoch)
                    try writer.begin(entry)
                }
                try Self.write(member, epoch, to: &writer)
            }
            try writer.finish()
        } catch {
            unlink(path)
            throw BootError(.system, "Cannot write an initrd: \(error.message)")
        }
    }

    private static func write(
        _ member: Member,
        _ epoch: Int,
        to writer: inout ArchiveWriter
    ) throws(ImageError) {
        if let link = member.sources.first, Files.kind(of: link) == S_IFLNK {
            var buffer = [CChar](repeating: 0, count: Int(PATH_MAX))
            let count = readlink(link, &buffer, buffer.count)
            var entry = ArchiveEntry(path: BytePath(member.path), kind: .symbolicLink, mode: 0o777)
            entry.linkTarget = BytePath(bytes: buffer[..<max(count, 0)].map { UInt8(bitPattern: $0) })
            entry.modified = FileTime(seconds: epoch)
            return try writer.begin(entry)
        }
        var bytes: [UInt8] = []
        for source in member.sources {
            do throws(SystemCallError) {
                bytes += try Files.read(source, limit: 1 << 30)
            } catch {
                throw ImageError(.input, "cannot read \(source): \(error.reason)", path: source)
            }
        }
        var entry = ArchiveEntry(path: BytePath(member.path), kind: .regular, mode: 0o644)
        entry.modified = FileTime(seconds: epoch)
        entry.size = bytes.count
        try writer.begin(entry)
        var failure: ImageError?
        bytes.withUnsafeBytes { buffer in
            do throws(ImageError) { try writer.append(buffer) } catch { failure = error }
        }
        if let failure { throw failure }
    }
}
