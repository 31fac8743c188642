import CFiles
import Glibc

/// A name and a value that a file system keeps with a file's content (xattr(7)).
public struct ExtendedAttribute: Sendable, Hashable {
    public var name: String
    public var value: [UInt8]

    public init(name: String, value: [UInt8]) {
        self.name = name
        self.value = value
    }

    /// All attributes of an open file, sorted by name; none on file systems that have no attributes.
    public static func all(of descriptor: CInt, name path: String) throws(SystemCallError) -> [ExtendedAttribute] {
        var attributes: [ExtendedAttribute] = []
        for name in try names(of: descriptor, path) {
            if let value = try value(of: name, descriptor, path) {
                attributes.append(ExtendedAttribute(name: name, value: value))
            }
        }
        return attributes
    }

    /// The names of all attributes of an open file, sorted by their bytes.
    public static func names(of descriptor: CInt, _ path: String) throws(SystemCallError) -> [String] {
        // Most files have none: one call is enough to see that.
        var size = flistxattr(descriptor, nil, 0)
        if size == 0 { return [] }
        var names: [CChar] = []
        while size > 0 {
            names = [CChar](repeating: 0, count: size)
            let got = flistxattr(descriptor, &names, size)
            if got < 0, errno == ERANGE {
                size = flistxattr(descriptor, nil, 0)
                continue
            }
            size = got
            break
        }
        if size < 0 {
            if errno == ENOTSUP { return [] }
            throw SystemCallError("flistxattr", path, errno: errno)
        }
        return names[..<size].split(separator: 0)
            .map { String(decoding: $0.map(UInt8.init(bitPattern:)), as: UTF8.self) }
            .sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
    }

    /// The value of one attribute; nil when there is none of this name, or it is hidden.
    public static func value(
        of name: String,
        _ descriptor: CInt,
        _ path: String
    ) throws(SystemCallError) -> [UInt8]? {
        while true {
            let size = fgetxattr(descriptor, name, nil, 0)
            if size == 0 { return [] }
            if size > 0 {
                var value = [UInt8](repeating: 0, count: size)
                let got = fgetxattr(descriptor, name, &value, size)
                if got >= 0 { return Array(value[..<got]) }
            }
            if errno == ERANGE { continue }
            if errno == ENODATA || errno == ENOTSUP { return nil }
            throw SystemCallError("fgetxattr \(name)", path, errno: errno)
        }
    }
}
