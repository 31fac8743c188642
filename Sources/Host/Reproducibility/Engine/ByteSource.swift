import ArchiveKit
import Glibc
import System

/// Bytes that come one block after the other.
protocol ByteSource: AnyObject {
    /// Fills as much of the buffer as there is; 0 at the end.
    func read(into buffer: UnsafeMutableRawBufferPointer) throws(ImageError) -> Int
}

extension ByteSource {
    /// Fills all of the buffer, and less only at the end.
    func fill(_ buffer: UnsafeMutableRawBufferPointer) throws(ImageError) -> Int {
        var count = 0
        while count < buffer.count {
            let got = try read(into: UnsafeMutableRawBufferPointer(rebasing: buffer[count...]))
            if got == 0 { break }
            count += got
        }
        return count
    }
}

/// An open file, from its beginning.
final class FileSource: ByteSource {
    private let descriptor: CInt
    private let name: String

    init(_ descriptor: CInt, name: String) {
        self.descriptor = descriptor
        self.name = name
        lseek(descriptor, 0, SEEK_SET)
    }

    func read(into buffer: UnsafeMutableRawBufferPointer) throws(ImageError) -> Int {
        while true {
            let got = Glibc.read(descriptor, buffer.baseAddress, buffer.count)
            if got >= 0 { return got }
            let reason = errno
            if reason == EINTR { continue }
            throw ImageError(.input, "cannot read \(name): \(String(cString: strerror(reason)))", path: name)
        }
    }
}

/// The entries of an archive, with the content of the one that was read last.
final class ArchiveSource: ByteSource {
    private var reader: ArchiveReader
    private let descriptor: CInt
    private let name: String
    /// The number of entries that were read.
    private(set) var count = 0

    /// Reads the archive that an open file holds, from its beginning.
    init(_ descriptor: CInt, name: String) throws(ImageError) {
        lseek(descriptor, 0, SEEK_SET)
        (self.descriptor, self.name) = (descriptor, name)
        reader = try ArchiveReader(descriptor: descriptor, path: name, acceptsPlain: true)
    }

    /// True if it is not an archive but a compressed file.
    var isPlain: Bool { reader.isPlain }
    /// True if there is anything around the entries at all.
    var isCompressed: Bool { reader.isCompressed }

    func next() throws(ImageError) -> ArchiveEntry? {
        guard var entry = try reader.next() else { return nil }
        count += 1
        entry.path = entry.path.normalized
        return entry
    }

    func read(into buffer: UnsafeMutableRawBufferPointer) throws(ImageError) -> Int {
        try reader.read(into: buffer)
    }

    /// Writes the content of the entry that was read last to a file, whatever was read of it.
    func unpackCurrent(to file: CInt) throws(ImageError) {
        // The file is read once more from its beginning; this reader then goes on where it was.
        let position = lseek(descriptor, 0, SEEK_CUR)
        defer { lseek(descriptor, position, SEEK_SET) }
        let again = try ArchiveSource(descriptor, name: name)
        var size = 0
        for _ in 0..<count { size = try again.next()?.size ?? 0 }
        try again.reader.copyContent(to: file, size: size, name: name)
    }
}
