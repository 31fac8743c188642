internal import CArchive
internal import Glibc

/// libarchive's state of an archive that is read, freed with this value.
struct ReadHandle: ~Copyable {
    let archive: OpaquePointer

    init(path: String) throws(ImageError) {
        guard let archive = archive_read_new() else {
            throw ImageError(.input, "cannot allocate memory to read \(path)", path: path)
        }
        // Not "all": that would let a file's first bytes start programs that decompress it.
        archive_read_support_filter_gzip(archive)
        archive_read_support_filter_bzip2(archive)
        archive_read_support_filter_xz(archive)
        archive_read_support_filter_lzma(archive)
        archive_read_support_filter_zstd(archive)
        archive_read_support_filter_lz4(archive)
        archive_read_support_format_tar(archive)
        archive_read_support_format_cpio(archive)
        archive_read_support_format_ar(archive)
        self.archive = archive
    }

    deinit {
        archive_read_free(archive)
    }

    /// Returns the reason why the last call failed, in a sentence about the file `path`.
    func failure(_ path: String, opening: Bool) -> ImageError {
        let number = archive_errno(archive)
        // libarchive gives errno values for the kernel's errors, and ones of its own (84, -1) for the content's.
        if opening, [ENOENT, EACCES, EPERM, EISDIR, ENOTDIR, ELOOP, ENAMETOOLONG].contains(number) {
            return ImageError(number == ENOENT ? .missing : .input, cannot: "open", path, number: number)
        }
        let detail = archive_error_string(archive).map { String(cString: $0) } ?? "the reason is unknown"
        return ImageError(.damaged, "\(path) is damaged or is not an archive: \(detail)", path: path, number: number)
    }
}
