import CFiles
import Glibc
import System
import TreeWire

/// An open directory of a tree in which anything may be a link: nothing below it is reached through one.
///
/// Trees of layers are read and changed from outside, without chroot(2).
struct TreeDirectory: ~Copyable {
    let descriptor: Descriptor

    init(_ path: String) throws(TreeEditError) {
        let number = mkosi_file_open(path, O_RDONLY | O_DIRECTORY, 0)
        try TreeEditError.check("open", path, number)
        descriptor = Descriptor(owning: number)
    }

    init(owning number: CInt) { descriptor = Descriptor(owning: number) }

    var number: CInt { descriptor.number }

    /// Opens something below the directory by a path without links in it; -1 with errno.
    func open(_ path: BytePath, _ flags: CInt = O_RDONLY | O_DIRECTORY) -> CInt {
        let name = path.isEmpty ? BytePath(".") : path
        return mkosi_open_confined(number, name.cString, flags | O_NOFOLLOW, 0, MKOSI_RESOLVE_NO_LINKS)
    }

    /// A directory below; nil where there is none.
    func directory(_ path: BytePath) -> TreeDirectory? {
        let opened = open(path)
        return opened < 0 ? nil : TreeDirectory(owning: opened)
    }

    /// Returns the status of a name in the directory; nil if nothing is there.
    func status(of name: BytePath) -> FileStatus? { FileStatus(at: name, in: number) }

    /// The names in it, sorted.
    func names(_ path: String) throws(TreeEditError) -> [BytePath] {
        try TreeRemoval.names(in: number, path)
    }

    /// True if an overlay shows nothing of the directories below this one.
    var isOpaque: Bool {
        var value: UInt8 = 0
        return fgetxattr(number, "user.overlay.opaque", &value, 1) == 1 && value == UInt8(ascii: "y")
    }
}
