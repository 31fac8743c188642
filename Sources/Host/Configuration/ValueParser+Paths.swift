import ByteKeys
import Glibc
import Support
import System

extension ValueParser {
    /// An absolute path: `~` and variables are expanded, symbolic links in the part that exists are followed.
    func path(_ text: String, _ rule: ValueKind.PathRule, _ name: String) throws(ValueProblem) -> String {
        if rule.constants.contains(text) { return text }
        let expanded = expand(text)
        if rule.absolute {
            guard Paths.isAbsolute(expanded) else {
                throw ValueProblem(
                    "\(name) needs an absolute path, not \"\(text)\"",
                    hint: "Write a path that begins with a slash"
                )
            }
            return Paths.absolute(expanded)
        }
        let path = Self.resolve(Paths.join(directory, expanded))
        if rule.required, !Files.exists(path) {
            throw ValueProblem("\(name) names \"\(text)\", which does not exist", hint: "Looked for \(path)")
        }
        if rule.secret { try checkSecret(path) }
        return path
    }

    /// A path when something is there; else the words that a provider of keys understands, as they are.
    func keyMaterial(_ text: String, _ isSecret: Bool, _ name: String) throws(ValueProblem) -> String {
        guard Files.exists(Paths.join(directory, expand(text))) else { return Self.plain(text) }
        return try path(text, ValueKind.PathRule(secret: isSecret), name)
    }

    /// A path as it is written, without `.` and doubled slashes; a name with a scheme in front stays as it is.
    private static func plain(_ text: String) -> String {
        let parts = Paths.components(text)
        guard parts.count > 1, parts.first?.contains(":") == false else { return text }
        return (Paths.isAbsolute(text) ? "/" : "") + parts.filter { $0 != "." }.joined(separator: "/")
    }

    /// A regular expression after `re:`, or one of the words that mean a list of its own.
    func expression(_ text: String, _ name: String) throws(ValueProblem) -> String {
        if Words.moduleLists.contains(text) { return text }
        if let problem = RegularExpression.problem(in: text) {
            throw ValueProblem("\(name) cannot be \"\(text)\": \(problem)", hint: "Write a regular expression")
        }
        return "re:\(text)"
    }

    /// One `SOURCE` or `SOURCE:TARGET`.
    func tree(_ text: String, required: Bool, absolute: Bool, _ name: String) throws(ValueProblem) -> Tree {
        let parts = text.bytewiseSplit(at: ":")
        guard !parts.front.isEmpty else {
            throw ValueProblem(
                "\(name) needs a path before the colon in \"\(text)\"",
                hint: "Write SOURCE or SOURCE:TARGET"
            )
        }
        var tree = Tree(source: try path(parts.front, ValueKind.PathRule(required: required), name))
        if let rest = parts.rest, !rest.isEmpty {
            let target = expand(rest)
            // What is above the root of the image is the root.
            tree.target = absolute ? Paths.absolute("/" + target) : target
        }
        return tree
    }

    /// The paths that a pattern matches, in order, perhaps none; a path without pattern characters need not exist yet.
    func paths(matching text: String, _ name: String) throws(ValueProblem) -> [String] {
        let pattern = Paths.join(directory, expand(text))
        guard let found = try? Glob.paths(BytePath(pattern)) else {
            throw ValueProblem("\(name) names \"\(text)\", which cannot be read", hint: "Looked for \(pattern)")
        }
        if found.isEmpty { return text.contains { "*?[".contains($0) } ? [] : [Self.resolve(pattern)] }
        return found.map { Self.resolve($0.string) }.sortedByBytes()
    }

    /// Refuses a secret that others than its owner can read.
    func checkSecret(_ path: String) throws(ValueProblem) {
        var status = stat()
        guard stat(path, &status) == 0, status.st_mode & S_IFMT == S_IFREG, status.st_mode & 0o077 != 0 else { return }
        throw ValueProblem(
            "\(path) is a secret, but users other than its owner may read it",
            hint: "Run: chmod 600 \(path)"
        )
    }

    /// Replaces `~`, `$NAME` and `${NAME}`; a variable that is not set stays as it is.
    func expand(_ text: String) -> String {
        var result = ""
        var rest = text[...]
        if rest.utf8.starts(with: "~/".utf8) || rest == "~", let home = host.environment["HOME"] {
            result = home
            rest = rest[rest.utf8.index(after: rest.startIndex)...]
        }
        // Not by characters: a name with a combining mark behind it would have another last letter.
        while let dollar = rest.utf8.firstIndex(of: UInt8(ascii: "$")) {
            result += rest[..<dollar]
            rest = rest[dollar...]
            let isBraced = rest.utf8.dropFirst().first == UInt8(ascii: "{")
            let start = rest.utf8.index(dollar, offsetBy: isBraced ? 2 : 1)
            let name = rest.utf8[start...].prefix(while: Self.isNamePart)
            let end = name.endIndex
            let isClosed = !isBraced || rest.utf8[end...].first == UInt8(ascii: "}")
            if isClosed, let value = host.environment[String(Substring(name))] {
                result += value
                rest = rest[(isBraced ? rest.utf8.index(after: end) : end)...]
            } else {
                result += "$"
                rest = rest[rest.utf8.index(after: dollar)...]
            }
        }
        return result + rest
    }

    private static func isNamePart(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"):
            true
        default: false
        }
    }

    /// Follows the symbolic links in the longest part of a path that exists.
    static func resolve(_ path: String) -> String {
        let clean = Paths.absolute(path)
        // `..` after a link means the parent of what it leads to, so the text as it was comes first.
        if let whole = Paths.resolved(path) ?? Paths.resolved(clean) { return whole }
        var missing: [String] = []
        var front = clean
        while let parent = Paths.parent(front) {
            missing.append(Paths.name(front))
            front = parent
            if let found = Paths.resolved(front) { return missing.reversed().reduce(found, Paths.join) }
        }
        return clean
    }
}
