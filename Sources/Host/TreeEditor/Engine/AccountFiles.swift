import CFiles
import Glibc
import System
import TreeLinks
import TreeWire

/// passwd(5) and shadow(5) of the tree.
enum AccountFiles {
    /// Sets one field of one account's line; an account or a file that does not exist is an error.
    static func setField(_ field: Int, of account: String, in path: String, to value: String) throws(TreeEditError) {
        if value.contains(where: { $0 == ":" || $0.isNewline }) {
            throw TreeEditError(description: "\(path): a value must not contain a colon or a line break")
        }
        var status = stat()
        try TreeEditError.check("stat", path, lstat(path, &status))
        guard let bytes = try LinkFile.read(path) else { throw TreeEditError.failure("open", path) }
        try TreeEditor.write(
            replace(field, of: account, in: bytes, path, with: value),
            to: path,
            mode: status.st_mode & 0o7777
        )
    }

    /// The file with another field in the first line of the account, and every other byte as it was.
    private static func replace(
        _ field: Int,
        of account: String,
        in bytes: [UInt8],
        _ path: String,
        with value: String
    ) throws(TreeEditError) -> [UInt8] {
        let (newline, colon) = (UInt8(ascii: "\n"), UInt8(ascii: ":"))
        let lines = bytes.split(separator: newline, omittingEmptySubsequences: false)
        guard let line = lines.first(where: { $0.starts(with: "\(account):".utf8) }) else {
            throw TreeEditError(description: "\(path) has no account named \(account)")
        }
        // A file from another system may have lines that end with CR LF; that is no part of the last field.
        let text = line.last == UInt8(ascii: "\r") ? line.dropLast() : line
        let fields = text.split(separator: colon, omittingEmptySubsequences: false)
        guard fields.indices.contains(field) else {
            throw TreeEditError(description: "\(path): the line of \(account) has only \(fields.count) fields")
        }
        let old = fields[field]
        return bytes[..<old.startIndex] + Array(value.utf8) + bytes[old.endIndex...]
    }
}
