import CFiles
import Glibc
import System
import TreeLinks
import TreeWire

/// passwd(5) and shadow(5) of the tree.
enum AccountFiles {
    private static let (users, passwords) = ("/etc/passwd", "/etc/shadow")

    /// Sets the password of an account; one that has none in shadow(5) yet gets a line there, and `x` in passwd(5).
    ///
    /// Some packages make accounts without such a line, which another package adds that an image may not have.
    static func setPassword(of account: String, to value: String) throws(TreeEditError) {
        try check(value, passwords)
        let file = try LinkFile.read(passwords) ?? []
        if line(of: account, in: file) == nil, try LinkFile.read(users).flatMap({ line(of: account, in: $0) }) != nil {
            try setField(1, of: account, in: users, to: "x")
            var status = stat()
            let mode = lstat(passwords, &status) == 0 ? status.st_mode & 0o7777 : 0o600
            let isWhole = file.isEmpty || file.last == UInt8(ascii: "\n")
            let text = "\(isWhole ? "" : "\n")\(account):\(value):::::::\n"
            return try TreeEditor.write(file + Array(text.utf8), to: passwords, mode: mode)
        }
        try setField(1, of: account, in: passwords, to: value)
    }

    private static func check(_ value: String, _ path: String) throws(TreeEditError) {
        if value.contains(where: { $0 == ":" || $0.isNewline }) {
            throw TreeEditError(description: "\(path): a value must not contain a colon or a line break")
        }
    }

    private static func line(of account: String, in bytes: [UInt8]) -> ArraySlice<UInt8>? {
        bytes.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
            .first { $0.starts(with: "\(account):".utf8) }
    }

    /// Sets one field of one account's line; an account or a file that does not exist is an error.
    static func setField(_ field: Int, of account: String, in path: String, to value: String) throws(TreeEditError) {
        try check(value, path)
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
        guard let line = line(of: account, in: bytes) else {
            throw TreeEditError(description: "\(path) has no account named \(account)")
        }
        // A file from another system may have lines that end with CR LF; that is no part of the last field.
        let text = line.last == UInt8(ascii: "\r") ? line.dropLast() : line
        let fields = text.split(separator: UInt8(ascii: ":"), omittingEmptySubsequences: false)
        guard fields.indices.contains(field) else {
            throw TreeEditError(description: "\(path): the line of \(account) has only \(fields.count) fields")
        }
        let old = fields[field]
        return bytes[..<old.startIndex] + Array(value.utf8) + bytes[old.endIndex...]
    }
}
