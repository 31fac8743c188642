internal import CShims
internal import Glibc
internal import System

/// Turns directories of an overlay into ones that it can move.
enum DirectoryMove {
    /// Replaces a directory that has parts below the upper directory by one with the same content that has none.
    ///
    /// Everything in it is moved into a new directory, which then takes its name; files are copied up by that, and
    /// directories are replaced first. Where something cannot be moved all stays as it is. Returns false then.
    @discardableResult
    static func prepare(_ name: [CChar], in parent: Int32) -> Bool {
        guard let directory = open(name, in: parent), mkosi_is_merged(directory.number) == 1 else { return true }
        var around = stat()
        guard fstat(parent, &around) == 0 else { return false }
        defer { setTime(around.st_mtim, of: parent) }
        let temporary = Array(".mkosi-move-\(getpid())".utf8CString)
        guard mkdirat(parent, temporary, 0o700) == 0 else { return false }
        guard let made = open(temporary, in: parent), fill(made, from: directory),
            mkosi_rename_with_flags(parent, temporary, parent, name, 0) == 0
        else {
            if let made = open(temporary, in: parent) { moveAll(from: made, to: directory) }
            unlinkat(parent, temporary, AT_REMOVEDIR)
            return false
        }
        return true
    }

    private static func fill(_ made: borrowing Descriptor, from directory: borrowing Descriptor) -> Bool {
        var status = stat()
        guard fstat(directory.number, &status) == 0, let names = names(in: directory.number) else { return false }
        for name in names where isDirectory(name, in: directory.number) {
            guard prepare(name, in: directory.number) else { return false }
        }
        guard moveAll(from: directory, to: made) else {
            setTime(status.st_mtim, of: directory.number)
            return false
        }
        // What was moved has given the directory another time.
        setTime(status.st_mtim, of: directory.number)
        return mkosi_copy_directory_attributes(directory.number, made.number) == 0
    }

    @discardableResult
    private static func moveAll(from source: borrowing Descriptor, to target: borrowing Descriptor) -> Bool {
        guard let names = names(in: source.number) else { return false }
        for name in names where mkosi_rename_with_flags(source.number, name, target.number, name, 0) != 0 {
            return false
        }
        return true
    }

    private static func setTime(_ time: timespec, of directory: Int32) {
        let times = [time, time]
        _ = futimens(directory, times)
    }

    private static func isDirectory(_ name: [CChar], in directory: Int32) -> Bool {
        var status = stat()
        return fstatat(directory, name, &status, AT_SYMLINK_NOFOLLOW) == 0 && status.st_mode & S_IFMT == S_IFDIR
    }

    static func open(_ name: [CChar], in directory: Int32) -> Descriptor? {
        let flags = MKOSI_OPEN_DIRECTORY.rawValue | MKOSI_OPEN_NOFOLLOW.rawValue
        let opened = mkosi_open(directory, name, flags, 0)
        return opened < 0 ? nil : Descriptor(owning: opened)
    }

    /// The names in an open directory, for calls of the C library; nil where it cannot be read.
    static func names(in directory: Int32) -> [[CChar]]? {
        try? DirectoryReader.names(in: directory).map { $0.bytes.map(CChar.init(bitPattern:)) + [0] }
    }
}
