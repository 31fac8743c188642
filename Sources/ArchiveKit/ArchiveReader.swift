internal import CArchive
internal import CFiles
internal import Glibc
internal import System

/// Reads the entries of an archive one after the other, whatever its format and compression.
///
/// One reader belongs to one thread at a time; several readers in several threads do not disturb each other.
/// An archive within an archive is read through `init(path:member:)`, without a copy in between.
///
///     var reader = try ArchiveReader(path: "/a/b.pkg", member: { $0.hasPrefix("data.") })
///     while let entry = try reader.next() {
///         try writer.write(entry, at: entry.path.normalized, content: &reader)
///     }
public struct ArchiveReader: ~Copyable {
    private let handle: ReadHandle
    /// The source of the handle, if that is not a file.
    private let outer: OuterArchive?
    /// The file that errors name.
    public let path: String

    /// libarchive reads in blocks of this many bytes.
    private static let blockSize = 1 << 18

    /// Opens an archive.
    public init(path: String) throws(ImageError) {
        let handle = try ReadHandle(path: path)
        if archive_read_open_filename(handle.archive, path, Self.blockSize) != ARCHIVE_OK {
            throw handle.failure(path, opening: true)
        }
        self.init(handle: handle, outer: nil, path: path)
    }

    /// Opens an archive that an open descriptor gives.
    ///
    /// The descriptor stays the caller's, and is named `path` in errors. With `acceptsPlain` a file that is not an
    /// archive is
    /// read, too, as one entry with its uncompressed content.
    public init(descriptor: Int32, path: String, acceptsPlain: Bool = false) throws(ImageError) {
        let handle = try ReadHandle(path: path)
        if acceptsPlain { archive_read_support_format_raw(handle.archive) }
        if archive_read_open_fd(handle.archive, descriptor, Self.blockSize) != ARCHIVE_OK {
            throw handle.failure(path, opening: true)
        }
        self.init(handle: handle, outer: nil, path: path)
    }

    /// Opens the first member of the archive `path` whose name the closure accepts, which must be an archive itself.
    ///
    /// Nothing of the outer archive is decompressed beyond that member.
    /// A descriptor, where one is given, is read instead of the file, stays the caller's, and must stay open.
    public init(
        path: String,
        descriptor: Int32? = nil,
        member accepts: (String) -> Bool
    ) throws(ImageError) {
        let outer = try OuterArchive(path: path, descriptor: descriptor, member: accepts)
        let handle = try ReadHandle(path: path)
        // libarchive gets the outer archive as a plain pointer: `outer` lives as long as this value.
        let result = archive_read_open2(
            handle.archive,
            Unmanaged.passUnretained(outer).toOpaque(),
            nil,
            { _, context, block in
                guard let context, let block else { return -1 }
                return Unmanaged<OuterArchive>.fromOpaque(context).takeUnretainedValue().nextBlock(block)
            },
            nil,
            nil
        )
        if result != ARCHIVE_OK { throw outer.error ?? handle.failure(path, opening: true) }
        self.init(handle: handle, outer: outer, path: path)
    }

    private init(handle: consuming ReadHandle, outer: OuterArchive?, path: String) {
        self.handle = handle
        self.outer = outer
        self.path = path
    }

    /// The next entry, or nil at the end; what was left unread of the one before is skipped.
    public mutating func next() throws(ImageError) -> ArchiveEntry? {
        let locale = mkosi_enter_utf8()
        defer { mkosi_leave_utf8(locale) }
        var raw: OpaquePointer?
        let result = archive_read_next_header(handle.archive, &raw)
        if result == ARCHIVE_EOF { return nil }
        // A warning is about a detail, such as a name in an unknown character set; the entry is whole.
        guard result == ARCHIVE_OK || result == ARCHIVE_WARN, let raw else { throw failure() }
        guard let entry = ArchiveEntry(raw) else {
            throw ImageError(.damaged, "\(path) contains an entry without a name or of an unknown kind", path: path)
        }
        // libarchive reads larger numbers; cut off to 32 bits, some would be root's.
        for (what, id) in [("user", archive_entry_uid(raw)), ("group", archive_entry_gid(raw))]
        where !ArchiveEntry.ids.contains(id) {
            let name = String(describing: entry.path.normalized)
            throw ImageError(.damaged, "\(path) assigns /\(name) to the \(what) \(id), which cannot exist", path: path)
        }
        return entry
    }

    /// Hands the rest of the current entry's content over in blocks, each with its offset.
    ///
    /// Offsets increase; gaps between blocks are zero. The bytes are valid during the call only.
    public mutating func readContent<Failure: Error>(
        _ body: (UnsafeRawBufferPointer, _ offset: Int) throws(Failure) -> Void
    ) throws(ReadFailure<Failure>) {
        while true {
            var block: UnsafeRawPointer?
            var size = 0
            var offset: Int64 = 0
            let result = archive_read_data_block(handle.archive, &block, &size, &offset)
            if result == ARCHIVE_EOF { return }
            guard result == ARCHIVE_OK || result == ARCHIVE_WARN else { throw .reading(failure()) }
            if size == 0 { continue }
            // Sparse archives state offsets, and need not be true.
            guard offset >= 0, offset <= Int64.max - Int64(size) else {
                let message = "an entry of \(path) has content at the offset \(offset)"
                throw .reading(ImageError(.damaged, message, path: path))
            }
            do {
                try body(UnsafeRawBufferPointer(start: block, count: size), Int(offset))
            } catch {
                throw .caller(error)
            }
        }
    }

    /// Reads on in the content of the current entry, holes included, and returns how many bytes came; 0 at the end.
    public mutating func read(into buffer: UnsafeMutableRawBufferPointer) throws(ImageError) -> Int {
        let got = archive_read_data(handle.archive, buffer.baseAddress, buffer.count)
        if got < 0 { throw failure() }
        return got
    }

    /// True if what is read is not an archive; known as soon as the first entry was read.
    public var isPlain: Bool { archive_format(handle.archive) & ARCHIVE_FORMAT_BASE_MASK == ARCHIVE_FORMAT_RAW }

    /// True if the archive is compressed as a whole.
    public var isCompressed: Bool { archive_filter_code(handle.archive, 0) != ARCHIVE_FILTER_NONE }

    /// The rest of the current entry's content, for entries that are small; more than `limit` bytes is an error.
    public mutating func readAll(limit: Int = 16 << 20) throws(ImageError) -> [UInt8] {
        var content: [UInt8] = []
        var isTooLong = false
        do {
            try readContent { (bytes: UnsafeRawBufferPointer, offset: Int) throws(CancellationSign) in
                if offset < 0 || offset > limit - bytes.count {
                    isTooLong = true
                    throw CancellationSign()
                }
                if offset > content.count {
                    content.append(contentsOf: repeatElement(0, count: offset - content.count))
                }
                content.append(contentsOf: bytes)
            }
        } catch {
            if case .reading(let error) = error { throw error }
        }
        if isTooLong {
            throw ImageError(.damaged, "an entry of \(path) has more than \(limit) bytes", path: path)
        }
        return content
    }

    /// Writes the rest of the current entry's content to a file that is empty, holes included.
    ///
    /// `size` is the entry's: the file gets it even where the content ends in a hole. `name` is for errors.
    public mutating func copyContent(to descriptor: Int32, size: Int, name: String) throws(ImageError) {
        do {
            try readContent { (bytes: UnsafeRawBufferPointer, offset: Int) throws(ImageError) in
                var rest = bytes
                var position = offset
                while !rest.isEmpty {
                    let written = retrying { pwrite(descriptor, rest.baseAddress, rest.count, position) }
                    if written < 0 { throw ImageError(.output, cannot: "write", name) }
                    rest = UnsafeRawBufferPointer(rebasing: rest[written...])
                    position += written
                }
            }
        } catch {
            switch error {
            case .reading(let error), .caller(let error): throw error
            }
        }
        guard let status = FileStatus(of: descriptor) else { throw ImageError(.output, cannot: "write", name) }
        if status.size < size, ftruncate(descriptor, size) != 0 {
            throw ImageError(.output, cannot: "write", name)
        }
    }

    private func failure() -> ImageError {
        outer?.error ?? handle.failure(path, opening: false)
    }
}

/// The reason why content stopped coming: the archive's fault, or the caller's.
public enum ReadFailure<Caller: Error>: Error {
    case reading(ImageError)
    case caller(Caller)
}

/// Ends a loop over content.
private struct CancellationSign: Error {}
