internal import CShims
internal import Glibc
internal import System

extension Descriptor {
    /// Opens a path of the host.
    static func open(
        _ path: String,
        _ flags: mkosi_open = MKOSI_OPEN_PATH,
        while doing: @autoclosure () -> String
    ) throws(SandboxError) -> Descriptor {
        let result = mkosi_open(AT_FDCWD, path, flags.rawValue, 0)
        return Descriptor(owning: try SystemCall.check(result, "openat", path, while: doing()))
    }

    /// The permission bits and the type, as stat(2) gives them.
    func mode() throws(SandboxError) -> mode_t {
        var status = stat()
        let result = SystemCall.result { fstat(number, &status) }
        try SystemCall.check(result, "fstat", while: "Cannot inspect an open file")
        return status.st_mode
    }

    func isDirectory() throws(SandboxError) -> Bool {
        try mode() & S_IFMT == S_IFDIR
    }

    /// The names in a directory, without those of itself and its parent.
    func names(path: String) throws(SandboxError) -> [String] {
        do throws(SystemCallError) {
            return try DirectoryReader.names(in: number, path).map(\.string)
        } catch {
            throw SandboxError("Cannot list a directory", error)
        }
    }

    /// All that can be read, which for a pipe lasts until its writer is done.
    func contents(name: String) throws(SandboxError) -> [UInt8] {
        do throws(SystemCallError) {
            return try Self.readAll(number)
        } catch {
            throw SandboxError("Cannot read \(name)", error)
        }
    }

    /// Writes all of a text at once.
    func write(_ text: String, to path: String) throws(SandboxError) {
        do throws(SystemCallError) {
            try writeAll(number, text.utf8, path)
        } catch {
            throw SandboxError("Cannot write", error)
        }
    }
}
