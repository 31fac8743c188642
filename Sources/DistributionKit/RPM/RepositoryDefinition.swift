/// A repository as a `.repo` file defines it (yum.conf(5), "[repository] OPTIONS"; zypper(8) reads the same files).
public struct RepositoryDefinition: Sendable, Equatable {
    /// The name in brackets.
    public var id: String
    /// All other options, in their order; variables are not replaced.
    public var options: [(name: String, value: String)] = []

    public init(id: String) { self.id = id }

    public static func == (left: Self, right: Self) -> Bool { left.text == right.text }

    public subscript(name: String) -> String? {
        get { options.last { $0.name == name }?.value }
        set {
            options.removeAll { $0.name == name }
            if let newValue { options.append((name, newValue)) }
        }
    }

    /// The words of an option with several values.
    public func words(_ name: String) -> [String] {
        (self[name] ?? "").split { $0 == " " || $0 == "," || $0 == "\n" || $0 == "\t" }.map(String.init)
    }

    /// An option that is on or off.
    public func isOn(_ name: String, default value: Bool) -> Bool {
        guard let word = self[name]?.lowercased() else { return value }
        return ["1", "yes", "true", "on"].contains(word)
    }

    public var isEnabled: Bool { isOn("enabled", default: true) }

    /// The section, as a file has it.
    public var text: String {
        let lines = options.map { name, value in
            // What follows in further lines is indented.
            "\(name)=" + value.split(separator: "\n", omittingEmptySubsequences: false).joined(separator: "\n ")
        }
        return (["[\(id)]"] + lines).joined(separator: "\n") + "\n"
    }

    /// The repositories of a file; `[main]` is none.
    public static func parse(_ text: String) -> [RepositoryDefinition] {
        var definitions: [RepositoryDefinition] = []
        for line in text.split(separator: "\n").map({ $0.hasSuffix("\r") ? $0.dropLast() : $0 }) {
            let isContinued = line.first == " " || line.first == "\t"
            let words = trimmed(line)
            if words.isEmpty || words.hasPrefix("#") || words.hasPrefix(";") { continue }
            if words.hasPrefix("["), words.hasSuffix("]") {
                definitions.append(RepositoryDefinition(id: trimmed(words.dropFirst().dropLast())))
                continue
            }
            guard let last = definitions.indices.last else { continue }
            if isContinued, let option = definitions[last].options.indices.last {
                definitions[last].options[option].value += "\n" + words
            } else if let sign = words.firstIndex(of: "=") {
                definitions[last].options.append(
                    (trimmed(words[..<sign]).lowercased(), trimmed(words[words.index(after: sign)...]))
                )
            }
        }
        return definitions.filter { $0.id != "main" }
    }

    /// The repositories of all `.repo` files of a directory, in the order of their names.
    public static func read(directory: String) -> [RepositoryDefinition] {
        SystemFile.names(in: directory).filter { $0.hasSuffix(".repo") }.flatMap { name in
            SystemFile.text("\(directory)/\(name)").map(parse) ?? []
        }
    }

    /// Replaces `$NAME` and `${NAME}`; unknown variables stay.
    public static func replaced(_ text: String, _ variables: [String: String]) -> String {
        guard text.contains("$") else { return text }
        var result = ""
        var rest = Substring(text)
        while let sign = rest.firstIndex(of: "$") {
            result += rest[..<sign]
            let after = rest[rest.index(after: sign)...]
            let isBraced = after.first == "{"
            let body = isBraced ? after.dropFirst() : after
            let name = body.prefix { $0.isLetter || $0.isNumber || $0 == "_" }
            let end = body[name.endIndex...]
            if let value = variables[String(name)], !isBraced || end.first == "}" {
                result += value
                rest = isBraced ? end.dropFirst() : end
            } else {
                result += "$"
                rest = after
            }
        }
        return result + rest
    }

    private static func trimmed(_ text: some StringProtocol) -> String {
        let isBlank: (Character) -> Bool = { $0 == " " || $0 == "\t" }
        var text = Substring(text).drop(while: isBlank)
        while let last = text.last, isBlank(last) { text.removeLast() }
        return String(text)
    }
}
