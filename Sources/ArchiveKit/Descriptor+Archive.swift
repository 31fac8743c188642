internal import Glibc
public import System

extension Descriptor {
    /// Opens a file, closed on exec.
    public init(path: String, flags: Int32, mode: UInt32 = 0) throws(ImageError) {
        do throws(SystemCallError) {
            self = try Descriptor.open(path, flags, mode: mode)
        } catch {
            throw ImageError(.input, cannot: "open", path, number: error.errno)
        }
    }
}

extension ExtendedAttribute {
    /// All attributes of an open file, with the library's own error.
    public static func all(of descriptor: Int32, of path: String) throws(ImageError) -> [ExtendedAttribute] {
        do throws(SystemCallError) {
            return try all(of: descriptor, name: path)
        } catch {
            throw ImageError(.input, cannot: "read the attributes of", path, number: error.errno)
        }
    }
}

/// Makes a system call again for as long as a signal interrupts it.
func retrying<Result: SignedInteger>(_ call: () -> Result) -> Result {
    while true {
        let result = call()
        if result != -1 || errno != EINTR { return result }
    }
}
