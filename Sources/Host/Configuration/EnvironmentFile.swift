import ByteKeys
import Support
import System

/// A file of environment variables, as `EnvironmentFiles=` names it.
///
/// A line is `NAME=VALUE`, with or without quotes around the value, or `NAME` for the value that the caller has.
/// Empty lines and those that start with `#` or `;` are ignored.
enum EnvironmentFile {
    static func variables(
        in text: String,
        path: String,
        caller: [String: String]
    ) throws(Failure) -> ByteDictionary<String> {
        var variables: ByteDictionary<String> = [:]
        for (index, line) in text.lines.enumerated() {
            let body = line.trimmed
            guard let first = body.first, first != "#", first != ";" else { continue }
            let parts = body.bytewiseSplit(at: "=")
            let name = parts.front.trimmed
            guard !name.isEmpty, !name.utf8.contains(where: \.isSpace) else {
                throw Failure(
                    .configuration,
                    "\(path):\(index + 1): this line is neither NAME=VALUE nor NAME",
                    excerpt: ["\(index + 1) | \(body)"]
                )
            }
            if let value = parts.rest {
                variables[name] = withoutQuotes(value.trimmed)
            } else if let value = caller[name] {
                variables[name] = value
            }
        }
        return variables
    }

    private static func withoutQuotes(_ text: String) -> String {
        guard text.utf8.count > 1, let first = text.first, first == "\"" || first == "'", text.last == first else {
            return text
        }
        return String(text.dropFirst().dropLast())
    }
}
