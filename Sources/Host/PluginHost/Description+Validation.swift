import ByteKeys
import JSON
import PluginWire
import Support
import System

extension ABI.V1.Description {
    init(validating object: ManifestObject) throws(ManifestError) {
        self.init()
        for distribution in try object.optionalObjects("distributions") ?? [] {
            distributions = (distributions ?? []) + [try ABI.V1.DistributionDescription(validating: distribution)]
        }
        for format in try object.optionalObjects("formats") ?? [] {
            formats = (formats ?? []) + [try ABI.V1.FormatDescription(validating: format)]
        }
        for artifact in try object.optionalObjects("artifacts") ?? [] {
            artifacts = (artifacts ?? []) + [try ABI.V1.ArtifactDescription(validating: artifact)]
        }
        for bootloader in try object.optionalObjects("bootloaders") ?? [] {
            bootloaders = (bootloaders ?? []) + [try ABI.V1.BootloaderDescription(validating: bootloader)]
        }
        for include in try object.optionalObjects("includes") ?? [] {
            includes = (includes ?? []) + [try ABI.V1.Include(validating: include)]
        }
        guard distributions != nil || formats != nil || artifacts != nil || bootloaders != nil || includes != nil else {
            throw ManifestError(
                member: object.path,
                reason: "has none of the members \"distributions\", \"formats\", \"artifacts\", \"bootloaders\" and "
                    + "\"includes\""
            )
        }
        try Self.checkUnique(artifacts?.map(\.kind), "artifacts", object)
        try Self.checkUnique(bootloaders?.map(\.name), "bootloaders", object)
        try Self.checkUnique(includes?.map(\.name), "includes", object)
        try Self.checkUnique(distributions?.flatMap { [$0.name] + ($0.aliases ?? []) }, "distributions", object)
        try Self.checkUnique(formats?.flatMap { [$0.name] + ($0.aliases ?? []) }, "formats", object)
    }

    private static func checkUnique(
        _ names: [String]?,
        _ member: String,
        _ object: ManifestObject
    ) throws(ManifestError) {
        var seen: ByteSet = []
        for name in names ?? [] where !seen.insert(name).inserted {
            throw object.wrong(member, "uses the name \"\(name)\" twice")
        }
    }
}

extension ABI.V1.Include {
    /// The prefix that distinguishes a built-in name from a path.
    private static let prefix = "mkosi-"

    init(validating object: ManifestObject) throws(ManifestError) {
        self.init(name: try object.word("name"), path: try object.string("path"))
        guard name.hasPrefix(Self.prefix), name != Self.prefix else {
            throw object.wrong("name", "is \"\(name)\", but must begin with \(Self.prefix)")
        }
        try object.checkInside(path, "path")
    }
}

extension ABI.V1.DistributionDescription {
    init(validating object: ManifestObject) throws(ManifestError) {
        let custom = try object.optionalBool("custom")
        guard let architectures = try object.optionalStringMap("architectures") else {
            throw object.wrong("architectures", "is missing")
        }
        guard !architectures.isEmpty || custom == true else { throw object.wrong("architectures", "is empty") }
        self.init(name: try object.word("name"), architectures: architectures)
        self.custom = custom
        title = try object.optionalString("title")
        aliases = try object.optionalWords("aliases")
        osRelease = try object.optionalStrings("osRelease")
        anyRelease = try object.optionalBool("anyRelease")
        packageFormat = try object.optionalString("packageFormat")
        mirrors = try object.optionalStringMap("mirrors")
        snapshotMirrors = try object.optionalStringMap("snapshotMirrors")
        keysMissingOn = try object.optionalWords("keysMissingOn")
        toolsDistribution = try object.optionalWord("toolsDistribution")
        kernelPackages = try object.optionalStrings("kernelPackages")
        fileSystem = try object.optionalString("fileSystem")
        keyrings = try object.optionalStrings("keyrings")
        packageSets = try object.optionalListMap("packageSets")
        packageManagers = try object.optionalStrings("packageManagers")
        settingPackages = try object.optionalStringMap("settingPackages")
        settings = try object.optionalStrings("settings")
        tools = try ABI.V1.Tool.list(in: object)
        toolPackages = try object.optionalStringMap("toolPackages")
        installCommand = try object.optionalLine("installCommand")
        for release in try object.optionalObjects("releases") ?? [] {
            releases = (releases ?? []) + [try ABI.V1.Release(validating: release)]
        }
        try Self.checkUnique(releases ?? [], object)
        defaultRelease = try object.optionalString("defaultRelease")
        let known = (releases ?? []).flatMap { [$0.name] + ($0.aliases ?? []) }
        if let defaultRelease, !known.isEmpty || anyRelease == false, !known.contains(defaultRelease) {
            throw object.wrong("defaultRelease", "is \"\(defaultRelease)\", which is not one of the releases")
        }
    }
}

extension ABI.V1.DistributionDescription {
    /// A word that meant two releases would mean one of them by chance.
    private static func checkUnique(_ releases: [ABI.V1.Release], _ object: ManifestObject) throws(ManifestError) {
        var seen: ByteSet = []
        for name in releases.flatMap({ [$0.name] + ($0.aliases ?? []) }) where !seen.insert(name).inserted {
            throw object.wrong("releases", "has the name \"\(name)\" twice")
        }
    }
}

extension ABI.V1.Release {
    init(validating object: ManifestObject) throws(ManifestError) {
        self.init(name: try object.string("name"), aliases: try object.optionalStrings("aliases"))
        osRelease = try object.optionalStrings("osRelease")
        compression = try object.optionalChoice("compression", ABI.V1.FormatDescription.compressors)
    }
}

extension ABI.V1.Tool {
    /// The member `tools` of an object.
    static func list(in object: ManifestObject) throws(ManifestError) -> [ABI.V1.Tool]? {
        guard let objects = try object.optionalObjects("tools") else { return nil }
        var tools: [ABI.V1.Tool] = []
        for tool in objects {
            tools.append(
                ABI.V1.Tool(name: try tool.string("name"), alternatives: try tool.optionalStrings("alternatives"))
            )
        }
        return tools
    }
}

extension ABI.V1.FormatDescription {
    static let compressors = ["zstd", "xz", "gz", "bz2", "lz4", "lzma"]

    init(validating object: ManifestObject) throws(ManifestError) {
        self.init(name: try object.word("name", marks: "-_"))
        title = try object.optionalString("title")
        aliases = try object.optionalWords("aliases", marks: "-_")
        fileExtension = try object.optionalString("fileExtension")
        if let fileExtension, !fileExtension.isEmpty,
            !fileExtension.hasPrefix(".") || FileName(".x\(fileExtension)") == nil
        {
            throw object.wrong("fileExtension", "is \"\(fileExtension)\", but must begin with a dot")
        }
        compression = try object.optionalChoice("compression", ["none", "optional"] + Self.compressors)
        innerCompression = try object.optionalBool("innerCompression")
        kernel = try object.optionalChoice("kernel", ["always", "auto", "asked"])
        settings = try object.optionalStrings("settings")
        checks = try object.optionalBool("checks")
        artifacts = try object.optionalWords("artifacts")
        optionalArtifacts = try object.optionalWords("optionalArtifacts")
        splits = try object.optionalWords("splits")
        bootArtifacts = try object.optionalWords("bootArtifacts")
        firmware = try object.optionalFirmware("firmware")
        from = try object.optionalWords("from", marks: "-_")
        if from?.contains(name) == true { throw object.wrong("from", "names the format itself") }
        uses = try object.optionalStrings("uses")
        needsTree = try object.optionalBool("needsTree")
        preference = try object.optionalInteger("preference")
        tools = try ABI.V1.Tool.list(in: object)
    }
}
