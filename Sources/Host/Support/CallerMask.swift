import Glibc

/// The file mode creation mask (umask(2)) with which the program was started.
///
/// A build sets one of its own, so that trees do not depend on it; the files that it leaves to the user do.
public enum CallerMask {
    /// The bits that new files do not get.
    public static let value: UInt32 = {
        let status = (try? Files.readText("/proc/self/status")) ?? ""
        for line in status.split(separator: "\n") where line.hasPrefix("Umask:") {
            let text = line.dropFirst("Umask:".count).drop { $0.isWhitespace }
            if let mask = UInt32(text, radix: 8) { return mask }
        }
        let mask = umask(0o022)
        umask(mask)
        return UInt32(mask)
    }()

    /// Permission bits of a new file, as open(2) with 0666 leaves them.
    public static var file: UInt32 { 0o666 & ~value }

    /// Permission bits of a new directory, as mkdir(2) with 0777 leaves them.
    public static var directory: UInt32 { 0o777 & ~value }
}
