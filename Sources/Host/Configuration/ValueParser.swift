import JSON
import PluginWire
import Support
import System

/// Reads the text of one setting into a value.
struct ValueParser {
    var catalogue: PluginFacts
    var host: HostFacts
    /// The directory that relative paths start from.
    var directory: String

    static let compressions = ["none", "zstd", "xz", "bz2", "gz", "lz4", "lzma"]
    /// Other names by which compressions are known.
    static let compressionAliases = ["zst": "zstd", "gzip": "gz"]

    /// Reads a single value, or one element of a list.
    func scalar(_ text: String, of row: SettingDefinition) throws(ValueProblem) -> Value {
        let name = "\(row.name)="
        switch row.kind {
        case .text: return .text(text)
        case .fileName: return .text(try Self.fileName(text, name))
        case .url: return .text(try Self.url(text, name))
        case .systemName(let kind): return .text(try Self.systemName(text, kind, name))
        case .boolean:
            return .bool(
                try require(Scalars.boolean(text), "\(name) needs a boolean, not \"\(text)\"", "Use yes or no")
            )
        case .feature:
            let feature = Scalars.feature(text)
            let message = "\(name) needs a boolean or auto, not \"\(text)\""
            return .text(try require(feature, message, "Use yes, no or auto").rawValue)
        case .integer(let min, let max):
            let hint = Self.rangeHint(min, max)
            let number = try require(Int(text), "\(name) needs a whole number, not \"\(text)\"", hint)
            if !(min...max).contains(number) { throw ValueProblem("\(name) cannot be \(number)", hint: hint) }
            return .integer(number)
        case .size:
            let hint = "Use a number of bytes greater than 0, optionally with a suffix K, M, G or T"
            return .integer(try require(Scalars.size(text), "\(name) cannot be \"\(text)\"", hint))
        case .mode:
            let hint = "Use an access mode in octal notation, for example 0644"
            return .integer(try require(Scalars.mode(text), "\(name) cannot be \"\(text)\"", hint))
        case .sectorSize:
            return .integer(
                try require(Scalars.sectorSize(text), "\(name) cannot be \"\(text)\"", "Allowed: 512, 1024, 2048, 4096")
            )
        case .socketID:
            let hint = "Use a number of 3 or more, auto or hash"
            return .integer(try require(Scalars.socketID(text), "\(name) cannot be \"\(text)\"", hint))
        case .uuid:
            if text == "random" { return .text(host.randomUUID) }
            let message = "\(name) needs a UUID, not \"\(text)\""
            return .text(try require(UUIDText.normalized(text), message, "Use 32 hexadecimal digits, or random"))
        case .path(let rule): return .text(try path(text, rule, name))
        case .keyMaterial(let isSecret): return .text(try keyMaterial(text, isSecret, name))
        case .choice(let words, let yes, let no): return .text(try choice(text, words, yes, no, name))
        case .distribution: return .text(try distribution(text, name))
        case .format: return .text(try format(text, name))
        case .architecture:
            guard Architecture.all.contains(text) else {
                throw .unknown(name, text, allowed: Architecture.all)
            }
            return .text(text)
        case .compression:
            return .text(try choice(Self.compressionAliases[text] ?? text, Self.compressions, "zstd", "none", name))
        case .password:
            let isHashed = text.hasPrefix("hashed:")
            return .password(Password(text: isHashed ? String(text.dropFirst(7)) : text, isHashed: isHashed))
        case .source(let types):
            let type = text.prefix { $0 != ":" }
            guard types.contains(String(type)) else {
                throw .unknown(name, String(type), allowed: types)
            }
            return .source(try Self.source(String(type), String(text.dropFirst(type.count + 1)), name))
        case .minimumVersion:
            let commit = text.hasPrefix(ValueKind.commitPrefix) ? text.dropFirst(ValueKind.commitPrefix.count) : nil
            let isCommit = commit.map { (7...64).contains($0.utf8.count) && $0.allSatisfy(\.isHexDigit) }
            guard isCommit ?? (text.utf8.first.map { (48...57).contains($0) } == true) else {
                throw ValueProblem(
                    "\(name) needs a version, not \"\(text)\"",
                    hint: "Write a version such as 26.1, or commit: and the hash of a commit"
                )
            }
            return .text(text)
        case .list, .dictionary: return .unset
        }
    }

    /// Refuses what no value of any setting has: characters that steer a terminal or end a string.
    static func check(_ text: String, of row: SettingDefinition) throws(ValueProblem) {
        for byte in text.utf8 where byte < 32 && byte != 9 && byte != 10 || byte == 127 {
            let shown = "\\x" + (byte < 16 ? "0" : "") + String(byte, radix: 16)
            throw ValueProblem(
                "\(row.name)= has the control character \(shown)",
                hint: "Allowed: printable characters; a value of this kind is \(row.metavar ?? row.standardMetavar)"
            )
        }
    }

    private func require<Result>(_ result: Result?, _ message: String, _ hint: String) throws(ValueProblem) -> Result {
        guard let result else { throw ValueProblem(message, hint: hint) }
        return result
    }

    private static func rangeHint(_ min: Int, _ max: Int) -> String {
        if max == .max { return min == 0 ? "It cannot be negative" : "Use digits, optionally with a minus sign" }
        return "Allowed: \(min) to \(max)"
    }

    /// A name that becomes the name of a file, or part of one; an empty one means none.
    static func fileName(_ text: String, _ name: String) throws(ValueProblem) -> String {
        if text.isEmpty || FileName(text) != nil { return text }
        let shown = text.count > 80 ? "\(text.prefix(80))…" : text
        throw ValueProblem(
            "\(name) needs a name without a path, not \"\(shown)\"",
            hint: "Allowed: names of at most 255 bytes without a slash; OutputDirectory= sets the directory of outputs"
        )
    }

    /// A source of keys; OpenSSL takes the name of a provider or an engine with a slash for the path of a library to load.
    static func source(_ type: String, _ source: String, _ name: String) throws(ValueProblem) -> Value.Source {
        if source.isEmpty || Value.Source.isName(source) { return Value.Source(type: type, source: source) }
        let shown = source.count > 80 ? "\(source.prefix(80))…" : source
        throw ValueProblem(
            "\(name) needs the name of a provider or an engine of OpenSSL, not \"\(shown)\"",
            hint: "Allowed: letters, digits, - and _, as in \(type):pkcs11; openssl.cnf says where a module is"
        )
    }

    static func systemName(_ text: String, _ kind: SystemName, _ name: String) throws(ValueProblem) -> String {
        guard kind.accepts(text) else { throw ValueProblem("\(name) cannot be \"\(text)\"", hint: kind.hint) }
        return text
    }

    func choice(
        _ text: String,
        _ words: [String],
        _ yes: String?,
        _ no: String?,
        _ name: String
    ) throws(ValueProblem) -> String {
        if words.contains(text) { return text }
        if let flag = Scalars.boolean(text), let word = flag ? yes : no { return word }
        throw .unknown(name, text, allowed: yes == nil ? words : words + ["a boolean"])
    }

    private func distribution(_ text: String, _ name: String) throws(ValueProblem) -> String {
        if let found = catalogue.distribution(text) { return found.name }
        let known = catalogue.known.hint(distribution: text)
        throw notProvided(text, name, "distribution", catalogue.distributionNames, known)
    }

    private func format(_ text: String, _ name: String) throws(ValueProblem) -> String {
        if let found = catalogue.format(text) { return found.name }
        throw notProvided(text, name, "format", catalogue.formatNames, catalogue.known.hint(format: text))
    }

    private func notProvided(
        _ text: String,
        _ name: String,
        _ what: String,
        _ known: [String],
        _ hint: String?
    ) -> ValueProblem {
        guard !known.isEmpty else {
            return ValueProblem(
                "\(name) cannot be \"\(text)\": no installed plugin provides a \(what)",
                hint: hint ?? "Install a plugin; mkosi plugin list shows the search path"
            )
        }
        let list = known.joined(separator: ", ")
        return ValueProblem(
            "\(name) cannot be \"\(text)\": the installed plugins provide \(list)",
            hint: hint ?? Suggestion.nearest(to: text, in: known).map { "Did you mean \"\($0)\"?" }
                ?? "Install the plugin for it; mkosi plugin list shows the search path"
        )
    }
}
