import CFiles
import Crypto
import Glibc

/// The parts of the lines of a manifest.
enum TreeText {
    /// Extended attributes; with `asCopied` only those that a copy into an image has, and no labels of the host.
    static func attributes(of file: CInt, asCopied: Bool = false) -> String {
        let length = flistxattr(file, nil, 0)
        guard length > 0 else { return "" }
        var names = [CChar](repeating: 0, count: length)
        guard flistxattr(file, &names, length) == length else { return "" }
        let bytes = names.map { UInt8(bitPattern: $0) }
        var result = ""
        for name in bytes.split(separator: 0).map({ String(decoding: $0, as: UTF8.self) }).sorted() {
            if asCopied, !["user.", "system.posix_acl_", "security.capability"].contains(where: name.hasPrefix) {
                continue
            }
            let count = fgetxattr(file, name, nil, 0)
            guard count >= 0 else { continue }
            var value = [UInt8](repeating: 0, count: count)
            guard fgetxattr(file, name, &value, count) == count else { continue }
            result += " \(Self.escaped(name))=\(value.map { String($0, radix: 16) }.joined(separator: ","))"
        }
        return result
    }

    /// The names in an open directory, in the order of their bytes, which need not be text.
    static func names(of directory: CInt, _ path: String) throws(DigestError) -> [[UInt8]] {
        guard let stream = fdopendir(dup(directory)) else {
            throw DigestError(message: "opendir \(path): \(String(cString: strerror(errno)))")
        }
        defer { closedir(stream) }
        // The copy of the descriptor shares its place in the directory with the original.
        rewinddir(stream)
        var names: [[UInt8]] = []
        while let entry = readdir(stream) {
            let name = withUnsafeBytes(of: &entry.pointee.d_name) { Array($0.prefix { $0 != 0 }) }
            if name != Array(".".utf8), name != Array("..".utf8) { names.append(name) }
        }
        return names.sorted { $0.lexicographicallyPrecedes($1) }
    }

    static func target(of name: [CChar], in directory: CInt) -> String {
        var buffer = [CChar](repeating: 0, count: Int(PATH_MAX))
        let count = readlinkat(directory, name, &buffer, buffer.count)
        return escaped(buffer.prefix(max(0, count)).map(UInt8.init(bitPattern:)))
    }

    static func escaped(_ text: String) -> String { escaped(Array(text.utf8)) }

    /// The text without what separates columns and lines; no two texts become the same.
    static func escaped(_ bytes: [UInt8]) -> String {
        func isPlain(_ byte: UInt8) -> Bool { byte > 32 && byte < 128 && byte != UInt8(ascii: "\\") }
        if bytes.allSatisfy(isPlain) { return String(decoding: bytes, as: UTF8.self) }
        return String(
            decoding: bytes.flatMap { byte -> [UInt8] in
                if isPlain(byte) { return [byte] }
                let digits = String(byte, radix: 8)
                return Array("\\\(String(repeating: "0", count: 3 - digits.count))\(digits)".utf8)
            },
            as: UTF8.self
        )
    }
}
