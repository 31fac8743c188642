import ByteKeys
import JSON
import PluginWire

extension ValueKind {
    /// The value as a member of `summary --json`, and as plugins and scripts see it.
    func json(_ value: Value) -> JSON { value.json }

    /// The value of a member of `summary --json`.
    func value(_ json: JSON, _ name: String, _ catalogue: PluginFacts) throws(ValueProblem) -> Value {
        if json == .null { return nothing }
        switch self {
        case .boolean: return .bool(try Self.require(json.bool, name, "true or false"))
        case .integer, .size, .mode, .sectorSize, .socketID:
            return .integer(try Self.require(json.integer, name, "a whole number"))
        case .choice(let words, _, _): return .text(try Self.word(json, words, name))
        case .feature: return .text(try Self.word(json, ["auto", "enabled", "disabled"], name))
        case .architecture: return .text(try Self.word(json, Architecture.all, name))
        case .compression: return .text(try Self.word(json, ValueParser.compressions, name))
        case .distribution: return .text(try Self.word(json, catalogue.distributionNames, name))
        case .format: return .text(try Self.word(json, catalogue.formatNames, name))
        case .fileName: return .text(try ValueParser.fileName(try Self.require(json.string, name, "text"), name))
        case .url: return .text(try ValueParser.url(try Self.require(json.string, name, "text"), name))
        case .systemName(let kind):
            return .text(try ValueParser.systemName(try Self.require(json.string, name, "text"), kind, name))
        case .text, .uuid, .path, .keyMaterial, .minimumVersion:
            return .text(try Self.require(json.string, name, "text"))
        case .password:
            guard let parts = json.array, parts.count == 2, let text = parts[0].string, let flag = parts[1].bool else {
                throw Self.needs(name, "a password, and whether it is a hash")
            }
            return .password(Password(text: text, isHashed: flag))
        case .source(let types):
            let type = try Self.word(json["Type"] ?? .null, types, name)
            return .source(try ValueParser.source(type, json["Source"]?.string ?? "", name))
        case .list(let element, _): return finished(try Self.list(json, element, name))
        case .dictionary:
            if json == .array([]) { return nothing }
            guard case .object(let members) = json else { throw Self.needs(name, "an object of texts") }
            var result: ByteDictionary<String> = [:]
            for (key, member) in members { result[key] = try Self.require(member.string, name, "an object of texts") }
            return .dictionary(result)
        }
    }

    private static func list(_ json: JSON, _ element: Element, _ name: String) throws(ValueProblem) -> Value {
        guard let members = json.array else { throw needs(name, "an array") }
        switch element {
        case .tree:
            var trees: [Tree] = []
            for member in members {
                let source = try require(member["Source"]?.string, name, "trees, each with Source and Target")
                trees.append(Tree(source: source, target: member["Target"]?.string))
            }
            return .trees(trees)
        case .drive:
            var drives: [Drive] = []
            for member in members { drives.append(try require(Drive(json: member), name, "drives with Id and Size")) }
            return .drives(drives)
        case .kernelProfile:
            var profiles: [KernelProfile] = []
            for member in members {
                profiles.append(try require(KernelProfile(json: member), name, "profiles with an ID in Profile"))
            }
            return .kernelProfiles(profiles)
        case .credential:
            var credentials: [Credential] = []
            for member in members {
                credentials.append(try require(Credential(json: member), name, "objects with Name and Path or Value"))
            }
            return .credentials(credentials)
        case .choice(let words), .choices(let words, _, _):
            var chosen: [String] = []
            for member in members { chosen.append(try word(member, words, name)) }
            return .list(chosen)
        case .text, .path, .paths, .expression, .profile:
            var texts: [String] = []
            for member in members { texts.append(try require(member.string, name, "an array of texts")) }
            return .list(texts)
        }
    }

    private static func word(_ json: JSON, _ words: [String], _ name: String) throws(ValueProblem) -> String {
        let text = try require(json.string, name, "one of \(words.joined(separator: ", "))")
        guard words.contains(text) else { throw .unknown("\(name)=", text, allowed: words) }
        return text
    }

    private static func require<Result>(
        _ value: Result?,
        _ name: String,
        _ what: String
    ) throws(ValueProblem) -> Result {
        guard let value else { throw needs(name, what) }
        return value
    }

    private static func needs(_ name: String, _ what: String) -> ValueProblem {
        ValueProblem("\(name) needs \(what)")
    }
}

extension Drive {
    fileprivate init?(json: JSON) {
        guard let id = json["Id"]?.string, let size = json["Size"]?.integer, size > 0 else { return nil }
        self.init(
            id: id,
            size: size,
            directory: json["Directory"]?.string,
            options: json["Options"]?.string,
            fileID: json["FileId"]?.string ?? id,
            flags: json["Flags"]?.array?.compactMap(\.string) ?? []
        )
    }
}

extension KernelProfile {
    fileprivate init?(json: JSON) {
        guard case .object(let members) = json["Profile"], let identifier = members["ID"]?.string, !identifier.isEmpty
        else { return nil }
        self.init(
            profile: members.compactMapValues(\.string),
            commandLine: json["Cmdline"]?.array?.compactMap(\.string) ?? [],
            signsExpectedMeasurements: json["SignExpectedPcr"]?.bool ?? true
        )
    }
}
