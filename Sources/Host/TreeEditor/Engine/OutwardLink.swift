import Glibc
import System
import TreeWire

/// Links that lead somewhere else for a process outside the tree than for one inside it.
enum OutwardLink {
    /// As many links as the kernel follows in one path: path_resolution(7).
    private static let mostLinks = 40

    /// A Boolean value indicating whether a component of `path` is a link with an absolute target, or with one above the
    /// root.
    static func isIn(_ path: BytePath) throws(TreeEditError) -> Bool {
        var rest = path.components
        var resolved: [BytePath] = []
        var links = 0
        while !rest.isEmpty {
            let name = rest.removeFirst()
            if name.bytes.elementsEqual(".".utf8) { continue }
            if name.bytes.elementsEqual("..".utf8) {
                guard resolved.popLast() != nil else { return true }
                continue
            }
            resolved.append(name)
            guard let target = try target(of: resolved) else { continue }
            links += 1
            if target.bytes.first == UInt8(ascii: "/") || links > mostLinks { return true }
            resolved.removeLast()
            rest = target.components + rest
        }
        return false
    }

    /// Returns the content of a link; nil for anything else, and for a path that does not exist.
    private static func target(of path: [BytePath]) throws(TreeEditError) -> BytePath? {
        let path = BytePath(bytes: path.flatMap { [UInt8(ascii: "/")] + $0.bytes })
        var buffer = [CChar](repeating: 0, count: Int(PATH_MAX) + 1)
        let count = readlink(path.cString, &buffer, buffer.count - 1)
        if count < 0 {
            if [EINVAL, ENOENT, ENOTDIR].contains(errno) { return nil }
            throw TreeEditError.failure("readlink", path.string)
        }
        return BytePath(bytes: buffer[..<count].map { UInt8(bitPattern: $0) })
    }
}
