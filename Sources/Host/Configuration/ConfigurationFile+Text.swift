import Glibc
import Support
import System

extension ConfigurationFile {
    /// Reads a file's text; bytes that no text can hold are a failure that says where they are.
    ///
    /// They would reach paths and commands in the end, and mean something else there than what the file says.
    static func text(of path: String) throws(Failure) -> String {
        let bytes: [UInt8]
        do throws(SystemCallError) {
            bytes = try Files.read(path)
        } catch {
            throw Failure(.system, "Cannot read \(path)", hint: hint(for: error, path), cause: error)
        }
        guard !bytes.contains(0), let text = String(validating: bytes, as: UTF8.self) else {
            throw notText(bytes, path)
        }
        return text
    }

    private static func hint(for error: SystemCallError, _ path: String) -> String? {
        switch error.errno {
        case EOPNOTSUPP: "It is a pipe or a socket, which may never end; use a regular file"
        case EFBIG: "The limit for configuration files is 64 MiB"
        case ENOENT where path.unicodeScalars.contains("\u{fffd}"): "Its name is not valid UTF-8; rename it"
        default: nil
        }
    }

    private static func notText(_ bytes: [UInt8], _ path: String) -> Failure {
        for (index, line) in bytes.split(separator: 10, omittingEmptySubsequences: false).enumerated() {
            if let zero = line.firstIndex(of: 0) {
                return Failure(
                    .configuration,
                    "\(path):\(index + 1):\(zero - line.startIndex + 1): a configuration file cannot contain a zero byte"
                )
            }
            if String(validating: line, as: UTF8.self) == nil {
                return Failure(
                    .configuration,
                    "\(path):\(index + 1):1: this line is not valid UTF-8",
                    hint: "Save the file in UTF-8; iconv(1) converts it",
                    excerpt: ["\(index + 1) | \(String(decoding: line.prefix(160), as: UTF8.self))"]
                )
            }
        }
        return Failure(.configuration, "\(path) is not valid UTF-8")
    }
}
