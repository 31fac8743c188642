internal import CArchive
internal import Glibc
public import System

extension TreeWriter {
    /// Returns the status of a path, or nil when there is nothing; the last component is not followed.
    public mutating func status(of path: BytePath) throws(ImageError) -> FileStatus? {
        var number: Int32 = 0
        var status: FileStatus?
        if path.isEmpty {
            status = FileStatus(of: root.number)
            number = errno
        } else {
            do {
                status = try withDirectory(of: path) { directory, name in
                    let found = FileStatus(at: name, in: directory)
                    number = errno
                    return found
                }
            } catch {
                if error.number == ENOENT || error.number == ENOTDIR { return nil }
                throw error
            }
        }
        if status == nil, number != ENOENT {
            throw ImageError(.input, cannot: "look at", shown(path), number: number)
        }
        return status
    }

    /// Returns the content of a symbolic link.
    public mutating func linkTarget(of path: BytePath) throws(ImageError) -> BytePath {
        var buffer = [UInt8](repeating: 0, count: 4096)
        let length = try withDirectory(of: path) { directory, name in
            buffer.withUnsafeMutableBytes { bytes in
                bytes.withMemoryRebound(to: CChar.self) { target -> Int in
                    guard let start = target.baseAddress else { return 0 }
                    return readlinkat(directory, name, start, target.count)
                }
            }
        }
        if length < 0 { throw ImageError(.input, cannot: "read the link", shown(path)) }
        return BytePath(bytes: Array(buffer[..<length]))
    }

    /// Gives a file another path, replacing what is there, in one step.
    public mutating func rename(_ old: BytePath, to new: BytePath) throws(ImageError) {
        let source = try openDirectory(old.parent)
        let name = old.name
        let number = try withDirectory(of: new) { directory, newName -> Int32 in
            name.withCString { renameat(source.number, $0, directory, newName) } == 0 ? 0 : errno
        }
        forgetDirectory()
        if number != 0 {
            throw ImageError(.output, cannot: "rename \(shown(old)) to", shown(new), number: number)
        }
    }

    /// Removes a file or an empty directory; false when there was none.
    @discardableResult
    public mutating func remove(_ path: BytePath) throws(ImageError) -> Bool {
        let number = try withDirectory(of: path) { directory, name -> Int32 in
            if unlinkat(directory, name, 0) == 0 { return 0 }
            if errno == EISDIR { return unlinkat(directory, name, AT_REMOVEDIR) == 0 ? 0 : errno }
            return errno
        }
        forgetDirectory()
        if number == ENOENT { return false }
        if number != 0 { throw ImageError(.output, cannot: "remove", shown(path), number: number) }
        return true
    }

    /// Makes a directory and those above it, mode 0755, where they are missing.
    public mutating func makeDirectories(_ path: BytePath) throws(ImageError) {
        var current = BytePath(bytes: [])
        for component in path.bytes.split(separator: UInt8(ascii: "/")) {
            current = current.appending(BytePath(bytes: Array(component)))
            let number = try withDirectory(of: current) { directory, name -> Int32 in
                mkdirat(directory, name, 0o755) == 0 ? 0 : errno
            }
            if number != 0, number != EEXIST {
                throw ImageError(.output, cannot: "create the directory", shown(current), number: number)
            }
        }
    }
}
