import CFiles
import Glibc

/// passwd(5) and shadow(5) of the tree.
enum AccountFiles {
    /// Sets one field of one account's line; an account or a file that does not exist is an error.
    static func setField(_ field: Int, of account: String, in path: String, to value: String) throws(TreeEditError) {
        if value.contains(where: { $0 == ":" || $0.isNewline }) {
            throw TreeEditError(description: "\(path): a value must not contain a colon or a line break")
        }
        var status = stat()
        try TreeEditor.check("stat", path, lstat(path, &status))
        var lines = try readText(path).split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
        guard let index = lines.firstIndex(where: { $0.hasPrefix("\(account):") }) else {
            throw TreeEditError(description: "\(path) has no account named \(account)")
        }
        var fields = lines[index].split(separator: ":", omittingEmptySubsequences: false).map(String.init)
        guard fields.indices.contains(field) else {
            throw TreeEditError(description: "\(path): the line of \(account) has only \(fields.count) fields")
        }
        fields[field] = value
        lines[index] = fields.joined(separator: ":")
        try TreeEditor.write(
            Array(lines.joined(separator: "\n").utf8),
            to: path,
            mode: status.st_mode & 0o7777
        )
    }

    private static func readText(_ path: String) throws(TreeEditError) -> String {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY)
        try TreeEditor.check("open", path, descriptor)
        defer { close(descriptor) }
        var status = stat()
        guard fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFREG else {
            throw TreeEditError(description: "\(path) is not a regular file")
        }
        var bytes: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 65536)
        while true {
            let got = read(descriptor, &buffer, buffer.count)
            if got < 0 { throw TreeEditor.failure("read", path) }
            if got == 0 { return String(decoding: bytes, as: UTF8.self) }
            bytes += buffer[..<got]
        }
    }
}
