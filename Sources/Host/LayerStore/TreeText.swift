import Crypto
import Glibc
import System

/// The parts of the lines of a manifest.
enum TreeText {
    /// Extended attributes; with `asCopied` only those that a copy into an image has, and no labels of the host.
    static func attributes(of file: CInt, asCopied: Bool = false) -> String {
        // A file system without them, or a file that is going away, has none.
        guard let names = try? ExtendedAttribute.names(of: file, "") else { return "" }
        var result = ""
        for name in names {
            if asCopied, !["user.", "system.posix_acl_", "security.capability"].contains(where: name.hasPrefix) {
                continue
            }
            guard let value = try? ExtendedAttribute.value(of: name, file, "") else { continue }
            result += " \(Self.escaped(name))=\(value.map { String($0, radix: 16) }.joined(separator: ","))"
        }
        return result
    }

    /// The names in an open directory, in the order of their bytes, which need not be text.
    static func names(of directory: CInt, _ path: String) throws(DigestError) -> [[UInt8]] {
        do throws(SystemCallError) {
            return try DirectoryReader.names(in: directory, path).map(\.bytes)
        } catch {
            throw DigestError(message: error.description)
        }
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
