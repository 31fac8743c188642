internal import CArchive
internal import Glibc

/// An archive one member of which is read as another archive.
///
/// A class, because libarchive holds a pointer to it while it reads.
final class OuterArchive {
    private let archive: OpaquePointer
    private let path: String
    /// The reason why the last block did not come.
    private(set) var error: ImageError?

    /// Opens the archive and goes to the first member whose name the closure accepts.
    ///
    /// It is the file `path`, or what the descriptor gives, which stays the caller's.
    init(path: String, descriptor: Int32? = nil, member accepts: (String) -> Bool) throws(ImageError) {
        guard let archive = archive_read_new() else {
            throw ImageError(.input, "cannot allocate memory to read \(path)", path: path)
        }
        self.archive = archive
        self.path = path
        // Only formats without a compression of their own have members that can be read in place.
        archive_read_support_format_ar(archive)
        archive_read_support_format_tar(archive)
        let opened =
            descriptor.map { archive_read_open_fd(archive, $0, 1 << 18) }
            ?? archive_read_open_filename(archive, path, 1 << 18)
        guard opened == ARCHIVE_OK else {
            let number = archive_errno(archive)
            // libarchive's own numbers (84, -1) are about the content.
            if number < 0 || number == EILSEQ { throw damage() }
            throw ImageError(number == ENOENT ? .missing : .input, cannot: "open", path, number: number)
        }
        var names: [String] = []
        while true {
            var entry: OpaquePointer?
            switch archive_read_next_header(archive, &entry) {
            case ARCHIVE_OK, ARCHIVE_WARN:
                let name = archive_entry_pathname(entry).map { String(cString: $0) } ?? ""
                if accepts(name) { return }
                names.append(name)
            case ARCHIVE_EOF:
                let list = names.isEmpty ? "it has none" : "it has \(names.prefix(8).joined(separator: ", "))"
                throw ImageError(.missing, "\(path) lacks the requested member: \(list)", path: path)
            default:
                throw damage()
            }
        }
    }

    deinit {
        archive_read_free(archive)
    }

    /// The next bytes of the member, in the way that libarchive's reader callback returns them.
    func nextBlock(_ block: UnsafeMutablePointer<UnsafeRawPointer?>) -> Int {
        var size = 0
        var offset: Int64 = 0
        while true {
            switch archive_read_data_block(archive, block, &size, &offset) {
            case ARCHIVE_OK, ARCHIVE_WARN:
                if size > 0 { return size }
            case ARCHIVE_EOF:
                return 0
            default:
                error = damage()
                return -1
            }
        }
    }

    private func damage() -> ImageError {
        let detail = archive_error_string(archive).map { String(cString: $0) } ?? "the reason is unknown"
        return ImageError(.damaged, "\(path) is damaged or is not an archive: \(detail)", path: path)
    }
}
