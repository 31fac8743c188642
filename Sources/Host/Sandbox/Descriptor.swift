internal import CShims
internal import Glibc

/// A file descriptor that is closed when it goes out of use.
struct Descriptor: ~Copyable {
    let number: Int32

    init(owning number: Int32) {
        self.number = number
    }

    deinit {
        close(number)
    }

    /// Gives the number away; the caller closes it.
    consuming func release() -> Int32 {
        let number = number
        discard self
        return number
    }

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
        let opened = mkosi_open(number, ".", MKOSI_OPEN_DIRECTORY.rawValue, 0)
        try SystemCall.check(opened, "openat", path, while: "Cannot open a directory")
        guard let stream = fdopendir(opened) else {
            let reason = errno
            close(opened)
            throw SandboxError("Cannot list a directory", call: "fdopendir", path: path, errno: reason)
        }
        defer { closedir(stream) }
        var names: [String] = []
        while let entry = readdir(stream) {
            let name = withUnsafePointer(to: &entry.pointee.d_name) { pointer in
                pointer.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
            }
            if name != ".", name != ".." { names.append(name) }
        }
        return names
    }

    /// All that can be read, which for a pipe lasts until its writer is done.
    func contents(name: String) throws(SandboxError) -> [UInt8] {
        var bytes: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 65536)
        while true {
            let count = read(number, &buffer, buffer.count)
            if count < 0 {
                let reason = errno
                if reason == EINTR { continue }
                throw SandboxError("Cannot read \(name)", call: "read", errno: reason)
            }
            if count == 0 { return bytes }
            bytes += buffer[..<count]
        }
    }

    /// Writes all of a text at once.
    func write(_ text: String, to path: String) throws(SandboxError) {
        var text = text
        var reason: Int32 = 0
        text.withUTF8 { bytes in
            var rest = bytes[...]
            while !rest.isEmpty && reason == 0 {
                let part = UnsafeRawBufferPointer(rebasing: UnsafeRawBufferPointer(bytes)[rest.indices])
                let count = Glibc.write(number, part.baseAddress, part.count)
                if count >= 0 {
                    rest = rest.dropFirst(count)
                } else if errno != EINTR {
                    reason = errno
                }
            }
        }
        guard reason == 0 else {
            throw SandboxError("Cannot write", call: "write", path: path, errno: reason)
        }
    }
}
