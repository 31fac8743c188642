internal import CArchive
internal import CFiles
internal import Glibc
public import System

/// Writes an archive entry by entry, such that the same entries always give the same bytes.
///
/// Owners are numbers, inode numbers and times of access do not appear, and the bytes do not depend on the number of
/// threads that compress. Names are UTF-8 where they are valid UTF-8, else they are kept as bytes.
///
/// A writer that is not finished leaves an incomplete file, which is the caller's to remove.
public struct ArchiveWriter: ~Copyable {
    /// The kind of archive that is written.
    public enum Layout: Sendable {
        /// POSIX pax, with extended headers only where an entry needs one.
        case pax
        /// cpio in the form that the kernel unpacks: no attributes, and a file is written under each of its names.
        case newc
        /// No archive at all: the content of its only entry.
        case raw
    }

    private let handle: WriteHandle
    private let sink: ArchiveSink
    /// The file that errors name.
    public let path: String

    /// Starts an archive in a file, replacing what is there.
    ///
    /// Without a `level` it is the compressor's own default. Up to `jobs` threads compress; compressors that cannot
    /// share the work use one. With `computesDigest`, `finish()` returns the SHA-256 of the file.
    public init(
        path: String,
        layout: Layout = .pax,
        compression: Compression = .none,
        level: Int? = nil,
        jobs: Int = 1,
        computesDigest: Bool = false
    ) throws(ImageError) {
        let handle = try WriteHandle.make(path, layout, compression, level: level, jobs: jobs)
        try self.init(handle, ArchiveSink(path: path, computesDigest: computesDigest), path: path)
    }

    /// Starts an archive that goes where a descriptor leads, such as a pipe; `name` is what errors call it.
    public init(
        to output: consuming Descriptor,
        name: String,
        layout: Layout = .pax,
        compression: Compression = .none,
        level: Int? = nil,
        jobs: Int = 1,
        computesDigest: Bool = false
    ) throws(ImageError) {
        let handle = try WriteHandle.make(name, layout, compression, level: level, jobs: jobs)
        try self.init(handle, ArchiveSink(output, name: name, computesDigest: computesDigest), path: name)
    }

    private init(_ handle: consuming WriteHandle, _ sink: ArchiveSink, path: String) throws(ImageError) {
        guard sink.open(handle.archive) else { throw handle.failure(path) }
        self.handle = handle
        self.sink = sink
        self.path = path
    }

    /// Begins an entry; exactly `entry.size` bytes of content have to follow.
    ///
    /// `regions` are the parts of a sparse file that are not holes; nil: all of it.
    public mutating func begin(_ entry: ArchiveEntry, regions: [Range<Int>]? = nil) throws(ImageError) {
        let locale = mkosi_enter_utf8()
        defer { mkosi_leave_utf8(locale) }
        handle.fill(entry, regions: regions)
        let result = archive_write_header(handle.archive, handle.entry)
        if result == ARCHIVE_OK { return }
        // The warning about names that are not in any known character set; they are kept as they are.
        let isBinary = !entry.path.isText || entry.linkTarget?.isText == false || entry.hardLink?.isText == false
        if result == ARCHIVE_WARN, isBinary { return }
        throw handle.failure(path, entry: entry.path)
    }

    /// Appends content to the current entry.
    public mutating func append(_ bytes: UnsafeRawBufferPointer) throws(ImageError) {
        var rest = bytes
        while !rest.isEmpty {
            let written = archive_write_data(handle.archive, rest.baseAddress, rest.count)
            guard written > 0 else { throw handle.failure(path) }
            rest = UnsafeRawBufferPointer(rebasing: rest[written...])
        }
    }

    /// Writes the end of the archive, and returns the digest of the file if it was requested.
    ///
    /// That is SHA-256, in lower-case hexadecimal digits, of the bytes in the file, compressed or not.
    @discardableResult
    public consuming func finish() throws(ImageError) -> String? {
        guard archive_write_close(handle.archive) == ARCHIVE_OK else { throw handle.failure(path) }
        return sink.finish()
    }
}
