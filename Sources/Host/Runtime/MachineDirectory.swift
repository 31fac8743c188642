import Glibc
public import Support
import System

/// A directory for the files of a running machine, which goes with the value.
public struct MachineDirectory: ~Copyable {
    public let path: String

    public init() throws(Failure) {
        // Sockets have short paths.
        let parent = Environment.variable("XDG_RUNTIME_DIR").flatMap { Files.isDirectory($0) ? $0 : nil } ?? "/tmp"
        var template = Array(Paths.join(parent, "mkosi-vm-XXXXXX").utf8CString)
        guard mkdtemp(&template) != nil else {
            let error = SystemCallError("mkdtemp", parent, errno: errno)
            throw Failure(.system, "Cannot make a directory for the virtual machine", cause: error)
        }
        path = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }

    deinit {
        for directory in ["tpm", ""] {
            let directory = Paths.join(path, directory)
            for name in (try? Files.list(directory)) ?? [] { unlink(Paths.join(directory, name)) }
            rmdir(directory)
        }
    }
}
