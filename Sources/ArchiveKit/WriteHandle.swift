internal import CArchive
internal import Glibc
internal import System

/// libarchive's state of an archive that is written, and of one entry, freed with this value.
struct WriteHandle: ~Copyable {
    let archive: OpaquePointer
    let entry: OpaquePointer

    init(path: String) throws(ImageError) {
        guard let archive = archive_write_new() else {
            throw ImageError(.output, "cannot allocate memory to write \(path)", path: path)
        }
        guard let entry = archive_entry_new() else {
            archive_write_free(archive)
            throw ImageError(.output, "cannot allocate memory to write \(path)", path: path)
        }
        self.archive = archive
        self.entry = entry
    }

    /// A handle for an archive of a kind, with a compressor behind it.
    static func make(
        _ path: String,
        _ layout: ArchiveWriter.Layout,
        _ compression: Compression,
        level: Int?,
        jobs: Int
    ) throws(ImageError) -> WriteHandle {
        let handle = try WriteHandle(path: path)
        switch layout {
        case .pax:
            archive_write_set_format_pax_restricted(handle.archive)
            // One way of writing attributes, which every reader knows, instead of two.
            archive_write_set_format_option(handle.archive, nil, "xattrheader", "SCHILY")
        case .newc:
            archive_write_set_format_cpio_newc(handle.archive)
        case .raw:
            archive_write_set_format_raw(handle.archive)
        }
        try handle.add(compression, level: level, jobs: jobs, path: path)
        archive_write_set_bytes_per_block(handle.archive, 1 << 18)
        // The last block is as long as it is: else the size would depend on what kind of file this is.
        archive_write_set_bytes_in_last_block(handle.archive, 1)
        return handle
    }

    deinit {
        archive_entry_free(entry)
        // Without this, libarchive would try to write the end of an archive that failed.
        archive_write_fail(archive)
        archive_write_free(archive)
    }

    /// Puts a compressor behind the archive.
    func add(_ compression: Compression, level: Int?, jobs: Int, path: String) throws(ImageError) {
        let result =
            switch compression {
            case .none: archive_write_add_filter_none(archive)
            case .zstd: archive_write_add_filter_zstd(archive)
            case .xz: archive_write_add_filter_xz(archive)
            case .gz: archive_write_add_filter_gzip(archive)
            case .bz2: archive_write_add_filter_bzip2(archive)
            case .lz4: archive_write_add_filter_lz4(archive)
            case .lzma: archive_write_add_filter_lzma(archive)
            }
        guard result == ARCHIVE_OK else {
            let message = "this build of libarchive cannot compress with \(compression.rawValue)"
            throw ImageError(.unsupported, message, path: path)
        }
        if compression == .none { return }
        if let level {
            let isKnown = compression.levels.contains(level)
            guard isKnown, archive_write_set_filter_option(archive, nil, "compression-level", "\(level)") == ARCHIVE_OK
            else {
                let levels = "\(compression.levels.lowerBound) to \(compression.levels.upperBound)"
                let message = "\(compression.rawValue) has no compression level \(level), only \(levels)"
                throw ImageError(.unsupported, message, path: path)
            }
        }
        if let threads = compression.threads(jobs: jobs, level: level) {
            guard archive_write_set_filter_option(archive, nil, "threads", "\(threads)") == ARCHIVE_OK else {
                let message = "this build of libarchive cannot compress with threads, which the output depends on"
                throw ImageError(.unsupported, message, path: path)
            }
        }
        // The time of writing has no place in bytes that are to be the same tomorrow.
        if compression == .gz { archive_write_set_filter_option(archive, nil, "timestamp", nil) }
    }

    /// Describes the next entry to libarchive.
    func fill(_ source: ArchiveEntry, regions: [Range<Int>]?) {
        archive_entry_clear(entry)
        source.path.withCString { archive_entry_set_pathname(entry, $0) }
        archive_entry_set_filetype(entry, source.kind.modeBits)
        archive_entry_set_perm(entry, mode_t(source.mode & 0o7777))
        archive_entry_set_uid(entry, Int64(source.user))
        archive_entry_set_gid(entry, Int64(source.group))
        // Eight hexadecimal digits, into which libarchive would put the end of time for what was before 1970.
        let isNewc = archive_format(archive) == ARCHIVE_FORMAT_CPIO_SVR4_NOCRC
        let seconds = isNewc ? min(max(source.modified.seconds, 0), Int(UInt32.max)) : source.modified.seconds
        archive_entry_set_mtime(entry, seconds, source.modified.nanoseconds)
        archive_entry_set_size(entry, 0)
        if let target = source.hardLink {
            target.withCString { archive_entry_set_hardlink(entry, $0) }
            return
        }
        switch source.kind {
        case .regular:
            archive_entry_set_size(entry, Int64(source.size))
            for region in regions ?? [] {
                archive_entry_sparse_add_entry(entry, Int64(region.lowerBound), Int64(region.count))
            }
        case .symbolicLink:
            source.linkTarget?.withCString { archive_entry_set_symlink(entry, $0) }
        case .characterDevice, .blockDevice:
            archive_entry_set_rdevmajor(entry, dev_t(source.deviceMajor))
            archive_entry_set_rdevminor(entry, dev_t(source.deviceMinor))
        case .directory, .fifo, .socket:
            break
        }
        // libarchive puts each attribute before those that it has.
        for attribute in source.attributes.sorted(by: { $0.name > $1.name }) {
            archive_entry_xattr_add_entry(entry, attribute.name, attribute.value, attribute.value.count)
        }
        add(source.accessList, type: ARCHIVE_ENTRY_ACL_TYPE_ACCESS)
        add(source.defaultAccessList, type: ARCHIVE_ENTRY_ACL_TYPE_DEFAULT)
    }

    private func add(_ list: AccessControlList?, type: Int32) {
        for line in list?.entries ?? [] {
            let isNamed = line.tag == .user || line.tag == .group
            let id = isNamed ? Int32(bitPattern: line.id) : -1
            archive_entry_acl_add_entry(entry, type, Int32(line.permissions), line.tag.archive, id, nil)
        }
    }

    /// Returns the reason why the last call failed, in a sentence about the archive `path`.
    func failure(_ path: String, entry: BytePath? = nil) -> ImageError {
        let number = archive_errno(archive)
        if number > 0, [ENOSPC, EDQUOT, EIO, EFBIG, EROFS, EPIPE, EBADF, EACCES].contains(number) {
            return ImageError(.output, cannot: "write", path, number: number)
        }
        let detail = archive_error_string(archive).map { String(cString: $0) } ?? "the reason is unknown"
        let place = entry.map { "\($0.string) to \(path)" } ?? path
        return ImageError(.output, "cannot write \(place): \(detail)", path: path, number: number)
    }
}
