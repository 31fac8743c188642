import ByteKeys
import JSON
import PluginWire
import Support
import System

/// An object in a manifest, with the way to it, so that every complaint names its member.
struct ManifestObject {
    let path: String
    let members: ByteDictionary<JSON>

    init(_ value: JSON, path: String) throws(ManifestError) {
        guard case .object(let members) = value else {
            throw ManifestError(member: path, reason: "is not an object")
        }
        self.path = path
        self.members = members
    }

    func wrong(_ name: String, _ reason: String) -> ManifestError {
        ManifestError(member: join(name), reason: reason)
    }

    private func join(_ name: String) -> String {
        path.isEmpty ? name : "\(path).\(name)"
    }

    /// The member, or nil where it is missing or null.
    func optional(_ name: String) -> JSON? {
        members[name].flatMap { $0 == .null ? nil : $0 }
    }

    /// A plugin is one directory: everything that its manifest names is in it.
    func checkInside(_ file: String, _ name: String) throws(ManifestError) {
        guard !file.isEmpty else { throw wrong(name, "is empty") }
        guard RelativePath(file) != nil else {
            throw wrong(name, "is \"\(file)\", but must be a file in the manifest's own directory")
        }
    }

    private func required<Value>(_ name: String, _ value: Value?) throws(ManifestError) -> Value {
        guard let value else { throw wrong(name, "is missing") }
        return value
    }

    func optionalString(_ name: String) throws(ManifestError) -> String? {
        guard let value = optional(name) else { return nil }
        guard case .string(let string) = value else { throw wrong(name, "is not a string") }
        return string
    }

    func string(_ name: String) throws(ManifestError) -> String {
        let string = try required(name, optionalString(name))
        guard !string.isEmpty else { throw wrong(name, "is empty") }
        return string
    }

    /// A string that is one of a few.
    func optionalChoice(_ name: String, _ choices: [String]) throws(ManifestError) -> String? {
        guard let value = try optionalString(name) else { return nil }
        guard choices.contains(value) else {
            throw wrong(name, "is \"\(value)\", which is not one of \(choices.joined(separator: ", "))")
        }
        return value
    }

    /// A string that has to fit on one line of a terminal.
    func line(_ name: String) throws(ManifestError) -> String {
        let string = try string(name)
        guard !string.unicodeScalars.contains(where: { $0.properties.generalCategory == .control }) else {
            throw wrong(name, "contains a control character")
        }
        return string
    }

    func optionalLine(_ name: String) throws(ManifestError) -> String? {
        try optional(name) == nil ? nil : line(name)
    }

    func optionalBool(_ name: String) throws(ManifestError) -> Bool? {
        guard let value = optional(name) else { return nil }
        guard case .bool(let bool) = value else { throw wrong(name, "is neither true nor false") }
        return bool
    }

    func optionalInteger(_ name: String) throws(ManifestError) -> Int? {
        guard let value = optional(name) else { return nil }
        guard case .integer(let integer) = value else { throw wrong(name, "is not an integer") }
        return integer
    }

    func integer(_ name: String) throws(ManifestError) -> Int {
        try required(name, optionalInteger(name))
    }

    func optionalStrings(_ name: String) throws(ManifestError) -> [String]? {
        guard let value = optional(name) else { return nil }
        return try strings(value, join(name))
    }

    private func strings(_ value: JSON, _ path: String) throws(ManifestError) -> [String] {
        guard case .array(let elements) = value else {
            throw ManifestError(member: path, reason: "is not an array of strings")
        }
        var strings: [String] = []
        for (index, element) in elements.enumerated() {
            guard case .string(let string) = element else {
                throw ManifestError(member: "\(path)[\(index)]", reason: "is not a string")
            }
            strings.append(string)
        }
        return strings
    }

    func optionalObject(_ name: String) throws(ManifestError) -> ManifestObject? {
        guard let value = optional(name) else { return nil }
        return try ManifestObject(value, path: join(name))
    }

    func object(_ name: String) throws(ManifestError) -> ManifestObject {
        try required(name, optionalObject(name))
    }

    func optionalObjects(_ name: String) throws(ManifestError) -> [ManifestObject]? {
        guard let value = optional(name) else { return nil }
        guard case .array(let elements) = value else { throw wrong(name, "is not an array of objects") }
        var objects: [ManifestObject] = []
        for (index, element) in elements.enumerated() {
            objects.append(try ManifestObject(element, path: "\(join(name))[\(index)]"))
        }
        return objects
    }

    /// The members of an object whose values are strings.
    func optionalStringMap(_ name: String) throws(ManifestError) -> [String: String]? {
        guard let object = try optionalObject(name) else { return nil }
        var map: [String: String] = [:]
        for key in object.members.keys { map[key] = try object.string(key) }
        return map
    }

    /// The members of an object whose values are arrays of strings.
    func optionalListMap(_ name: String) throws(ManifestError) -> [String: [String]]? {
        guard let object = try optionalObject(name) else { return nil }
        var map: [String: [String]] = [:]
        for (key, value) in object.members { map[key] = try strings(value, object.join(key)) }
        return map
    }

    func range(_ name: String) throws(ManifestError) -> VersionRange {
        let object = try object(name)
        let range = VersionRange(min: try object.integer("min"), max: try object.integer("max"))
        guard range.min >= 1 else { throw object.wrong("min", "is less than 1") }
        guard range.max >= range.min else { throw object.wrong("max", "is less than \"min\"") }
        return range
    }

    /// A word that people write in a configuration: lower case letters, digits and the given marks.
    func word(_ name: String, marks: String = "-") throws(ManifestError) -> String {
        let word = try string(name)
        try check(word: word, name, marks: marks)
        return word
    }

    func optionalWord(_ name: String) throws(ManifestError) -> String? {
        try optional(name) == nil ? nil : word(name)
    }

    func optionalWords(_ name: String, marks: String = "-") throws(ManifestError) -> [String]? {
        let words = try optionalStrings(name)
        for (index, word) in (words ?? []).enumerated() {
            try check(word: word, "\(name)[\(index)]", marks: marks)
        }
        return words
    }

    private func check(word: String, _ name: String, marks: String) throws(ManifestError) {
        let isAllowed = word.utf8.allSatisfy { byte in
            (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte)
                || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
                || marks.utf8.contains(byte)
        }
        guard isAllowed, let first = word.utf8.first, !marks.utf8.contains(first) else {
            let allowed = marks.map { "\"\($0)\"" }.joined(separator: " and ")
            throw wrong(name, "is \"\(word)\", but may contain only lower case letters, digits and, inside, \(allowed)")
        }
    }
}
