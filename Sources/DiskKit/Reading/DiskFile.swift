internal import Glibc
internal import System

/// Bytes of an open file, or of a part of it such as a partition; nothing outside of the part is ever read.
public struct DiskFile: Sendable {
    private let descriptor: CInt
    private let start: UInt64
    /// Bytes of the part.
    public let size: UInt64
    /// The name in messages.
    public let name: String

    /// - Parameters:
    ///   - descriptor: A regular file, open as long as this value is used.
    ///   - name: What to call it in messages.
    /// - Throws: `system` if it is no regular file.
    public init(descriptor: CInt, name: String) throws(DiskError) {
        guard let status = FileStatus(of: descriptor) else { throw DiskError.system("look at", name) }
        guard status.kind == .regular else {
            throw DiskError(.system, "\(name) is not a regular file")
        }
        self.descriptor = descriptor
        self.name = name
        start = 0
        size = UInt64(status.size)
    }

    private init(_ descriptor: CInt, _ start: UInt64, _ size: UInt64, _ name: String) {
        self.descriptor = descriptor
        self.start = start
        self.size = size
        self.name = name
    }

    /// A part; throws `damaged` if it is not inside.
    public func part(at offset: UInt64, size count: UInt64, name: String) throws(DiskError) -> DiskFile {
        guard offset <= size, count <= size - offset else { throw DiskError(.damaged, "\(name) ends behind the disk") }
        return DiskFile(descriptor, start + offset, count, name)
    }

    /// Reads exactly as many bytes; throws `damaged` where that would be behind the end.
    public func read(at offset: UInt64, _ count: Int) throws(DiskError) -> [UInt8] {
        guard count >= 0, offset <= size, UInt64(count) <= size - offset else {
            throw DiskError(.damaged, "\(name) names bytes behind its end")
        }
        var number: Int32 = 0
        var done = 0
        let bytes = [UInt8](unsafeUninitializedCapacity: count) { buffer, initialized in
            while done < count {
                let place = off_t(start + offset) + off_t(done)
                let got = pread(descriptor, buffer.baseAddress.map { $0 + done }, count - done, place)
                if got < 0, errno == EINTR { continue }
                number = got < 0 ? errno : 0
                if got <= 0 { break }
                done += got
            }
            initialized = done
        }
        guard done == count else { throw DiskError.system("read", name, errno: number == 0 ? EIO : number) }
        return bytes
    }
}

extension DiskFile {
    /// Writes the content of a file that is stored here to an empty one; holes stay holes.
    ///
    /// - Throws: `system` if reading or writing fails.
    public func copy(_ stored: StoredFile, to target: CInt) throws(DiskError) {
        let name = stored.path.string
        guard let size = off_t(exactly: stored.size), ftruncate(target, size) == 0 else {
            throw DiskError.system("resize", name)
        }
        for extent in stored.extents where extent.offset < stored.size {
            let count = min(extent.size, stored.size - extent.offset)
            let source = try part(at: extent.place, size: count, name: name)
            try DiskError.calling("copy", name) { () throws(SystemCallError) in
                try source.copyAll(to: target, at: extent.offset)
            }
        }
    }

    private func copyAll(to target: CInt, at offset: UInt64) throws(SystemCallError) {
        let end = Int64(start + size)
        let reached = try Files.copy(from: descriptor, Int64(start)..<end, to: target, at: Int64(offset), name)
        if reached != end { throw SystemCallError("read", name, errno: EIO) }
    }
}
