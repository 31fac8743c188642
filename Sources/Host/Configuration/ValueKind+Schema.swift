import ByteKeys
import JSON
import PluginWire

extension ValueKind {
    /// The schema of one assignment; a list is one text, because its elements may be on one line.
    ///
    /// Whatever the kind, the empty text resets, and a text with a specifier may expand to anything.
    func schema(_ catalogue: PluginFacts) -> JSON {
        switch self {
        case .text, .keyMaterial, .password, .dictionary(.environment):
            return ["type": "string"]
        case .fileName: return Self.text("[^/]*")
        case .url: return Self.text(ValueParser.urlPattern)
        case .systemName(let name): return Self.text(name.pattern)
        case .boolean: return Self.words([], orBoolean: true)
        case .feature: return Self.words(["auto", "enabled", "disabled"], orBoolean: true)
        case .integer(let min, let max):
            return ["anyOf": [Self.number(min, max), Self.text("-?[0-9]+")]]
        case .size: return ["anyOf": [Self.number(1, .max), Self.text("[0-9]+|[0-9.]+[KMGTkmgt]")]]
        case .mode: return ["anyOf": [Self.number(0, .max), Self.text("[0-7]+")]]
        case .sectorSize:
            let sizes = [512, 1024, 2048, 4096]
            return ["anyOf": [["enum": .array(sizes.map(JSON.integer))], Self.words(sizes.map(String.init))]]
        case .socketID: return ["anyOf": [Self.number(3, 0xffff_fffe), Self.text("auto|hash|[0-9]+")]]
        case .uuid: return Self.text("random|-*(?:[0-9A-Fa-f]-*){32}")
        case .path(let rule):
            guard rule.absolute else { return ["type": "string"] }
            // A tilde and a variable may expand to an absolute path.
            return Self.text((rule.constants.map(Self.escaped) + ["[/~$].*"]).joined(separator: "|"))
        case .choice(let words, let yes, let no): return Self.words(words, orBoolean: yes != nil || no != nil)
        case .distribution:
            let all = catalogue.distributions.map(\.description)
            return Self.words(all.flatMap { [$0.name] + ($0.aliases ?? []) })
        case .format:
            let all = catalogue.formats.map(\.description)
            return Self.words(all.flatMap { [$0.name] + ($0.aliases ?? []) })
        case .architecture: return Self.words(Architecture.all)
        case .compression:
            return Self.words(
                ValueParser.compressions + ValueParser.compressionAliases.keys.sorted(),
                orBoolean: true
            )
        case .source(let types):
            return Self.text("(?:\(types.map(Self.escaped).joined(separator: "|")))(?::[A-Za-z0-9_-]*)?")
        case .minimumVersion: return Self.text("[0-9].*|commit:[0-9A-Fa-f]{7,64}")
        case .dictionary(.keyValue): return Self.text(#"[\s\S]*[^\s=]=[\s\S]*"#)
        case .list(let element, let rule): return Self.list(element, rule)
        }
    }

    /// A list whose elements are told apart by more than what separates them.
    private static func list(_ element: Element, _ rule: ListRule) -> JSON {
        // Quotes can hold what separates.
        guard !rule.unescapes else { return ["type": "string"] }
        let delimiter = String(Unicode.Scalar(rule.delimiter))
        let other = "[^\(delimiter)\\n]*"
        let pattern: String
        switch element {
        case .text, .expression, .credential: return ["type": "string"]
        case .path, .paths, .kernelProfile: return ["type": "string", "x-mkosi-items": "path"]
        case .tree: pattern = "[^\\s:\(delimiter)]\(other)"
        case .drive: pattern = "[^\\s:\(delimiter)]+:[0-9]\(other)"
        case .profile: pattern = "(?!\\.\\.?(?:[\\s\(delimiter)]|$))[^\\s/\(delimiter)][^/\\n\(delimiter)]*"
        case .choice(let words): return enumeration(words, delimiter, [])
        case .choices(let words, _, _): return enumeration(words, delimiter, [booleanPattern])
        }
        return text(repeated(pattern, delimiter))
    }

    /// Words of a list: one alone, so that an editor can offer them, or several.
    private static func enumeration(_ words: [String], _ delimiter: String, _ further: [String]) -> JSON {
        let pattern = "(?:\((words.map(escaped) + further).joined(separator: "|")))"
        return ["anyOf": [["enum": .array(words.map(JSON.string))], text(repeated(pattern, delimiter))]]
    }

    /// One or more of a pattern, each followed by what separates elements or by the end.
    private static func repeated(_ pattern: String, _ delimiter: String) -> String {
        let gap = delimiter == " " ? "\\s" : "[\\s\(delimiter)]"
        let end = delimiter == " " ? "\\s" : "[ \\t]*[\\n\(delimiter)]"
        return "\(gap)*(?:\(pattern)(?:\(end)\(gap)*|\\s*$))+"
    }

    /// Every spelling of a boolean, in any case.
    private static let booleanPattern =
        ["yes", "no", "true", "false", "on", "off"]
        .map { $0.map { "[\($0.uppercased())\($0)]" }.joined() }.joined(separator: "|") + "|[YyNnTtFf01]"

    private static func words(_ words: [String], orBoolean: Bool = false) -> JSON {
        let offered = words + (orBoolean ? ["yes", "no"] : [])
        var kinds: [JSON] = [["enum": .array((offered + [""]).map(JSON.string))]]
        kinds += orBoolean ? [["type": "boolean"], text(booleanPattern)] : [["type": "string", "pattern": "%"]]
        return ["anyOf": .array(kinds)]
    }

    private static func number(_ min: Int, _ max: Int) -> JSON {
        var number: ByteDictionary<JSON> = ["type": "integer"]
        if min != .min { number["minimum"] = .integer(min) }
        if max != .max { number["maximum"] = .integer(max) }
        return .object(number)
    }

    private static func text(_ pattern: String) -> JSON {
        ["type": "string", "pattern": .string("^(?:\(pattern))?$|%")]
    }

    /// A word as an expression that matches nothing else.
    private static func escaped(_ word: String) -> String {
        word.map { $0.isLetter || $0.isNumber || "-_".contains($0) ? "\($0)" : "\\\($0)" }.joined()
    }
}
