import ArchiveKit
import CFiles
import ComparisonWire
import Glibc
import System

/// Compares two directories and all below them, in the order of names.
struct TreeComparison {
    let report: Report

    func compare(_ first: CInt, _ second: CInt) throws(ImageError) {
        let root = BytePath(bytes: [])
        let entries = (try entry(first, root, in: first), try entry(second, root, in: second))
        for difference in EntryComparison.differences(entries.0, entries.1, at: .output) { report.add(difference) }
        try compareDirectories(first, second, root)
    }

    private func compareDirectories(_ first: CInt, _ second: CInt, _ path: BytePath) throws(ImageError) {
        let names = (try names(in: first, path), try names(in: second, path))
        var (left, right) = (names.0[...], names.1[...])
        while let name = [left.first, right.first].compactMap(\.self).min() {
            let place = path.appending(name)
            if left.first != name {
                report.add(Place.output.entry(place).difference(.onlySecond, nil, nil))
                right.removeFirst()
                continue
            }
            left.removeFirst()
            if right.first != name {
                report.add(Place.output.entry(place).difference(.onlyFirst, nil, nil))
                continue
            }
            right.removeFirst()
            try compare(name, first, second, place)
        }
    }

    private func compare(_ name: BytePath, _ first: CInt, _ second: CInt, _ path: BytePath) throws(ImageError) {
        let (left, right) = (try open(name, in: first, path), try open(name, in: second, path))
        let entries = (try entry(left, name, in: first, path), try entry(right, name, in: second, path))
        let place = Place.output.entry(path)
        for difference in EntryComparison.differences(entries.0, entries.1, at: place) { report.add(difference) }
        guard entries.0.kind == entries.1.kind, let left, let right else { return }
        if entries.0.kind == .directory {
            try compareDirectories(left.number, right.number, path)
        } else {
            try FileComparison(report: report).compare(left.number, right.number, at: place)
        }
    }

    // MARK: - Entries

    private final class Opened {
        let descriptor: Descriptor
        var number: CInt { descriptor.number }
        init(_ descriptor: consuming Descriptor) { self.descriptor = descriptor }
    }

    /// Opens a file or directory; nil for what is neither.
    private func open(_ name: BytePath, in directory: CInt, _ path: BytePath) throws(ImageError) -> Opened? {
        guard let status = FileStatus(at: name, in: directory) else { throw failure("look at", path) }
        guard status.kind == .regular || status.kind == .directory else { return nil }
        let raw = name.withCString { mkosi_file_openat(directory, $0, O_RDONLY | O_NOFOLLOW | O_NONBLOCK, 0) }
        guard raw >= 0 else { throw failure("open", path) }
        return Opened(Descriptor(owning: raw))
    }

    private func entry(
        _ file: Opened?,
        _ name: BytePath,
        in directory: CInt,
        _ path: BytePath
    ) throws(ImageError) -> ArchiveEntry {
        if let file { return try entry(file.number, path, in: directory) }
        guard let status = FileStatus(at: name, in: directory) else { throw failure("look at", path) }
        var entry = Self.entry(status, path)
        if entry.kind == .symbolicLink {
            var buffer = [CChar](repeating: 0, count: Int(PATH_MAX))
            let count = name.withCString { readlinkat(directory, $0, &buffer, buffer.count) }
            if count < 0 { throw failure("read the link", path) }
            entry.linkTarget = BytePath(bytes: buffer[..<count].map { UInt8(bitPattern: $0) })
        }
        return entry
    }

    private func entry(_ file: CInt, _ path: BytePath, in directory: CInt) throws(ImageError) -> ArchiveEntry {
        guard let status = FileStatus(of: file) else { throw failure("look at", path) }
        var entry = Self.entry(status, path)
        entry.attributes = try ExtendedAttribute.all(of: file, of: path.string)
        return entry
    }

    private static func entry(_ status: FileStatus, _ path: BytePath) -> ArchiveEntry {
        var entry = ArchiveEntry(
            path: path,
            kind: status.kind,
            mode: status.mode,
            user: status.user,
            group: status.group
        )
        entry.modified = status.modified
        if status.kind == .characterDevice || status.kind == .blockDevice {
            entry.deviceMajor = status.nodeMajor
            entry.deviceMinor = status.nodeMinor
        }
        return entry
    }

    private func names(in directory: CInt, _ path: BytePath) throws(ImageError) -> [BytePath] {
        do throws(SystemCallError) {
            return try DirectoryReader.names(in: directory)
        } catch {
            throw ImageError(.input, "cannot read \(path.string): \(error.reason)", path: path.string)
        }
    }

    private func failure(_ action: String, _ path: BytePath) -> ImageError {
        ImageError(.input, "cannot \(action) \(path.string): \(String(cString: strerror(errno)))", path: path.string)
    }
}
