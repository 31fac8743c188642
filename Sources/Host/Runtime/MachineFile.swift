import Glibc
public import Support
import System

/// An output that a virtual machine gets as it was opened, whatever is at its path by the time that QEMU starts.
///
/// Outputs are in directories that the project's scripts can write to: a link in their place could lead to any file of
/// the user, and QEMU writes to disks.
public final class MachineFile: Sendable {
    /// The path that messages name.
    public let path: String
    private let file: Descriptor

    private init(_ path: String, _ file: consuming Descriptor) {
        self.path = path
        self.file = file
    }

    /// Opens a regular file, and no link to one unless `followsLink`.
    ///
    /// - Parameters:
    ///   - path: An output, or what a setting names.
    ///   - followsLink: True for a file that the user has chosen: distributions have links to their newest kernel.
    /// - Returns: The open file.
    /// - Throws: one sentence where nothing is there, or something else.
    public static func open(_ path: String, followsLink: Bool = false) throws(Failure) -> MachineFile {
        do throws(SystemCallError) {
            return MachineFile(path, try Files.openRegular(path, followsLink: followsLink))
        } catch {
            switch error.errno {
            case ELOOP:
                throw Failure(
                    .untrusted,
                    "\(path) is a link, and a virtual machine does not start from what it leads to",
                    hint: "Build the image again with --force, or move the file there"
                )
            case EISDIR:
                throw Failure(
                    .configuration,
                    "A virtual machine cannot start from the directory \(path) yet",
                    hint: "Build a disk, a unified kernel image or an initrd; see Format="
                )
            case EOPNOTSUPP:
                throw Failure(
                    .configuration,
                    "\(path) is a pipe or a device, and a virtual machine does not start from it",
                    hint: "Name a regular file"
                )
            default: throw Failure(.missing, "Cannot read \(path)", hint: "Build the image first", cause: error)
            }
        }
    }

    /// The number of the open file, for calls that borrow it.
    var number: CInt { file.number }

    /// A path by which this process, and no other one, reaches what was opened.
    var place: String { "/proc/self/fd/\(number)" }

    /// The same for QEMU, which inherits files behind the standard streams.
    static func place(ofInherited index: Int) -> String { "/proc/self/fd/\(3 + index)" }

    /// The first bytes, fewer where the file ends.
    func beginning(_ count: Int) throws(Failure) -> [UInt8] {
        do throws(SystemCallError) {
            let copy = try Files.openRegular(place)
            return try copy.read(upTo: count)
        } catch {
            throw Failure(.system, "Cannot read \(path)", cause: error)
        }
    }
}
