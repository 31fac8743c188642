import JSON
import PluginWire

extension Manifest {
    /// The version of the manifest's shape that this host reads.
    private static let shape = 1

    init(validating value: JSON) throws(ManifestError) {
        let object = try ManifestObject(value, path: "")
        let shape = try object.integer("manifest")
        guard shape == Self.shape else {
            throw object.wrong("manifest", "is \(shape), but this mkosi reads version \(Self.shape)")
        }
        self.init(
            manifest: shape,
            name: try object.word("name"),
            version: try object.line("version"),
            summary: try object.line("summary"),
            protocol: try object.range("protocol"),
            interface: try object.range("interface"),
            start: nil,
            provides: try ABI.V1.Description(validating: object.object("provides"))
        )
        if let start = try object.optionalObject("start") { self.start = try Start(validating: start) }
        license = try object.optionalString("license")
        homepage = try object.optionalString("homepage")
        if let settings = try object.optionalObjects("settings") {
            self.settings = []
            for setting in settings { self.settings?.append(try Setting(validating: setting)) }
        }
    }
}

extension Manifest.Start {
    init(validating object: ManifestObject) throws(ManifestError) {
        let executable = try object.optionalStrings("executable")
        let library = try object.optionalString("library")
        let plugin = try object.optionalWord("plugin")
        guard [executable != nil, library != nil, plugin != nil].count(where: { $0 }) == 1 else {
            throw ManifestError(
                member: object.path,
                reason: "must have exactly one of the members \"executable\", \"library\" and \"plugin\""
            )
        }
        self.init(executable: executable, library: library, plugin: plugin)
        if let executable {
            guard let program = executable.first else { throw object.wrong("executable", "is empty") }
            try object.checkInside(program, "executable[0]")
        }
        if let library { try object.checkInside(library, "library") }
    }
}

extension Manifest.Setting {
    private static let types = ["string", "boolean", "integer", "path", "list", "choice"]

    init(validating object: ManifestObject) throws(ManifestError) {
        let name = try object.string("name")
        let isName = name.utf8.allSatisfy { byte in
            let character = Character(Unicode.Scalar(byte))
            return byte < 0x80 && (character.isLetter || character.isNumber)
        }
        guard isName, name.first?.isUppercase == true else {
            throw object.wrong("name", "is \"\(name)\", but must be ASCII letters and digits, starting with a capital")
        }
        let type = try object.string("type")
        guard Self.types.contains(type) else {
            throw object.wrong("type", "is \"\(type)\", which is not one of \(Self.types.joined(separator: ", "))")
        }
        self.init(name: name, section: try object.string("section"), type: type, help: try object.line("help"))
        choices = try object.optionalStrings("choices")
        guard (type == "choice") == (choices?.isEmpty == false) else {
            throw object.wrong("choices", "is required for a setting of the type choice, and only for it")
        }
        `default` = object.optional("default")
        if let value = `default` { try check(default: value, object) }
    }

    private func check(default value: JSON, _ object: ManifestObject) throws(ManifestError) {
        let fits =
            switch (type, value) {
            case ("boolean", .bool), ("integer", .integer), ("string", .string), ("path", .string): true
            case ("list", .array(let elements)): elements.allSatisfy { $0.string != nil }
            case ("choice", .string(let choice)): choices?.contains(choice) == true
            default: false
            }
        guard fits else { throw object.wrong("default", "is not a value of the type \(type)") }
    }
}
