internal import CFiles
internal import Glibc

extension ExtendedAttribute {
    /// All attributes of an open file, sorted by name; none on file systems that have no attributes.
    public static func all(of descriptor: Int32, name path: String) throws(ImageError) -> [ExtendedAttribute] {
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
            throw ImageError(.input, cannot: "list the attributes of", path)
        }
        var attributes: [ExtendedAttribute] = []
        for bytes in names[..<size].split(separator: 0) {
            let name = String(decoding: bytes.map { UInt8(bitPattern: $0) }, as: UTF8.self)
            if let value = try value(of: name, descriptor, path) {
                attributes.append(ExtendedAttribute(name: name, value: value))
            }
        }
        return attributes.sorted { Array($0.name.utf8).lexicographicallyPrecedes(Array($1.name.utf8)) }
    }

    /// The value of one attribute; nil when it is gone or hidden.
    private static func value(of name: String, _ descriptor: Int32, _ path: String) throws(ImageError) -> [UInt8]? {
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
            throw ImageError(.input, cannot: "read the attribute \(name) of", path)
        }
    }
}
