import ByteKeys
import PluginWire
import System

extension ABI.V1.ArtifactDescription {
    init(validating object: ManifestObject) throws(ManifestError) {
        self.init(kind: try object.word("kind"))
        title = try object.optionalString("title")
        needs = try object.optionalWords("needs")
        optional = try object.optionalWords("optional")
        per = try object.optionalChoice("per", ["image", "kernel", "profile"])
        reads = try object.optionalTreePaths("reads", or: { $0.isNameOfSetting })
        facts = try object.optionalWords("facts")
        suffix = try object.optionalString("suffix")
        if let suffix, !suffix.hasPrefix(".") || FileName("x\(suffix)") == nil {
            throw object.wrong("suffix", "is \"\(suffix)\", but must begin with a dot and be part of a file name")
        }
        directory = try object.optionalString("directory")
        if let directory, let flaw = FileName.flaw(of: directory) {
            throw object.wrong("directory", "is \"\(directory)\", which \(flaw)")
        }
        let host = try object.optionalListMap("host")
        if let unknown = host?.keys.sorted().first(where: { !Self.hostFacts.contains($0) }) {
            throw object.wrong(
                "host",
                "has \"\(unknown)\", which is not one of \(Self.hostFacts.joined(separator: ", "))"
            )
        }
        self.host = host.map { ByteDictionary($0) }
        moduleList = try object.optionalString("moduleList")
        if let moduleList { try object.checkInside(moduleList, "moduleList") }
        settings = try object.optionalStrings("settings")
        tools = try ABI.V1.Tool.list(in: object)
    }

    /// The facts about the host that an artifact may be given.
    static let hostFacts = ["processor", "modules"]
}

extension ABI.V1.BootloaderDescription {
    /// The kinds of firmware that start boot loaders; each has a setting that names one.
    static let firmwares = ["uefi", "bios"]

    init(validating object: ManifestObject) throws(ManifestError) {
        let name = try object.word("name")
        guard name != "none" else { throw object.wrong("name", "is \"none\", the value that means no boot loader") }
        guard let firmware = try object.optionalFirmware("firmware") else {
            throw object.wrong("firmware", "is missing")
        }
        guard !firmware.isEmpty else { throw object.wrong("firmware", "is empty") }
        self.init(name: name, firmware: firmware)
        title = try object.optionalString("title")
        artifacts = try object.optionalWords("artifacts")
        optionalArtifacts = try object.optionalWords("optionalArtifacts")
        facts = try object.optionalWords("facts")
        settings = try object.optionalStrings("settings")
        writes = try object.optionalTreePaths("writes")
        for path in writes ?? [] where path.contains(where: { "*?[\\".contains($0) }) {
            throw object.wrong("writes", "has \"\(path)\", which is a pattern")
        }
        tools = try ABI.V1.Tool.list(in: object)
        preference = try object.optionalInteger("preference")
    }
}

extension ManifestObject {
    /// A list of absolute paths in a tree.
    fileprivate func optionalTreePaths(
        _ name: String,
        or isAllowed: (String) -> Bool = { _ in false }
    ) throws(ManifestError) -> [String]? {
        let paths = try optionalStrings(name)
        for path in paths ?? [] where !path.isTreePath && !isAllowed(path) {
            throw wrong(name, "has \"\(path)\", which is not an absolute path in the tree")
        }
        return paths
    }

    /// A list of words for firmware.
    func optionalFirmware(_ name: String) throws(ManifestError) -> [String]? {
        guard let words = try optionalStrings(name) else { return nil }
        let known = ABI.V1.BootloaderDescription.firmwares
        for word in words where !known.contains(word) {
            throw wrong(name, "has \"\(word)\", which is not one of \(known.joined(separator: ", "))")
        }
        return words
    }
}

extension String {
    /// True if it stands for the path that a setting has: `{Splash}`.
    fileprivate var isNameOfSetting: Bool { wholeMatch(of: /\{[A-Za-z0-9]+\}/) != nil }

    /// True if it is an absolute path below the root of a tree, without `.` and `..`.
    fileprivate var isTreePath: Bool {
        utf8.first == UInt8(ascii: "/")
            && utf8.dropFirst().split(separator: UInt8(ascii: "/")).allSatisfy { name in
                !name.elementsEqual(".".utf8) && !name.elementsEqual("..".utf8) && !name.contains(0)
            } && utf8.count > 1
    }
}
