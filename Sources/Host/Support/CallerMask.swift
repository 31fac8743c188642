import Glibc

/// The file mode creation mask (umask(2)) with which the program was started.
///
/// A build sets one of its own, so that trees do not depend on it; the files that it leaves to the user do.
public enum CallerMask {
    /// The bits that new files do not get.
    ///
    /// umask(2) returns the mask only by setting another, which threads that create files would use for a moment.
    public static let value: UInt32 = {
        let mask = umask(0o077)
        umask(mask)
        return UInt32(mask)
    }()

    /// Reads the mask; a program calls this first, before it changes the mask and before it has threads.
    public static func keep() { _ = value }

    /// Permission bits of a new file, as open(2) with 0666 leaves them.
    public static var file: UInt32 { 0o666 & ~value }

    /// Permission bits of a new directory, as mkdir(2) with 0777 leaves them.
    public static var directory: UInt32 { 0o777 & ~value }
}
