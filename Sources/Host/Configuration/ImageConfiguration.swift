public import ByteKeys
public import JSON
public import PluginWire
import Support
import System

/// Everything that is configured for one image: fixed, typed, and for each value where it comes from.
public struct ImageConfiguration: Sendable {
    /// The name of the image that a project always has.
    public static let mainName = "main"
    /// The name of the default tools tree.
    public static let toolsName = "tools"
    /// The name of the default initrd.
    public static let initrdName = "default-initrd"

    /// The word of `Initrds=` and `ToolsTree=` for an image that mkosi builds by itself.
    static let defaultWord = "default"

    /// `main`, or the name of a subimage.
    public let name: String
    public let registry: Registry
    /// The directory in which mkosi was started, or that `-C` names.
    public let directory: String
    /// The directory for outputs unless `OutputDirectory=` names one.
    private let standardOutputDirectory: String
    /// True if one of its initrds is the one that mkosi builds by itself.
    public let wantsDefaultInitrd: Bool
    /// True if its tools come from the tree that mkosi builds by itself.
    public let wantsDefaultTools: Bool
    /// By place in the registry.
    private var values: [Value]
    private let assignments: [[Assignment]]
    /// The variables that the files of `EnvironmentFiles=` set.
    let fileVariables: ByteDictionary<String>
    /// The configuration files that count for this image, absolute, in the order of reading.
    public let files: [String]
    /// The plugin's description of the configured distribution.
    public private(set) var distribution: ABI.V1.DistributionDescription?
    /// The plugin's description of the configured format.
    public private(set) var format: ABI.V1.FormatDescription?

    init(_ resolver: Resolver, directory: String, outputDirectory: String? = nil, files: [String]) {
        name = resolver.imageName
        registry = resolver.registry
        self.directory = directory
        standardOutputDirectory = outputDirectory ?? directory
        self.files = files
        wantsDefaultInitrd = resolver.value(of: .initrds).list?.contains(Self.defaultWord) == true
        wantsDefaultTools = [Self.defaultWord, "yes"].contains(resolver.value(of: .toolsTree).text)
        values = registry.settings.map(resolver.value)
        assignments = registry.settings.indices.map(resolver.assignments)
        fileVariables = resolver.fileVariables
        distribution = resolver.distribution
        format = resolver.format
    }

    /// Returns the value that another image has from this one; nil if it is left to the other's default.
    func entry(_ slot: Int, isFixed: Bool) -> PassedValues.Entry? {
        guard isFixed || !assignments[slot].isEmpty else { return nil }
        // A list that the main image has not got is empty in others, for they have been told.
        let isMissing = values[slot].isUnset && registry.settings[slot].kind.isCollection
        let value = isMissing ? registry.settings[slot].kind.nothing : values[slot]
        return PassedValues.Entry(value: value, assignments: assignments[slot], isFixed: isFixed)
    }

    /// Adds an image that this one needs.
    mutating func addDependency(_ name: String) {
        guard let row = registry.setting(.dependencies) else { return }
        let slot = registry.slot(of: row)
        guard values[slot].list?.containsBytes(of: name) != true else { return }
        values[slot] = values[slot].joined(with: .list([name]))
    }

    /// The variables of package managers and scripts: those of files, and over them those of `Environment=`.
    public var environment: ByteDictionary<String> {
        fileVariables.merging(self[.environment]) { $1 }
    }

    /// The value of a setting in its Swift type.
    public subscript<Content>(setting: Setting<Content>) -> Content {
        Content(value(named: setting.name))
    }

    /// The value of a setting, in the form that all settings have.
    public func value<Content>(of setting: Setting<Content>) -> Value { value(named: setting.name) }

    /// Every assignment to a setting, the weakest first; empty when the default is used.
    public func assignments<Content>(to setting: Setting<Content>) -> [Assignment] { assignments(to: setting.name) }

    /// Returns the origin of the value: the last assignment.
    public func origin<Content>(of setting: Setting<Content>) -> Origin { origin(of: setting.name) }

    /// The value of a setting; unset when there is no such setting.
    public func value(named name: String) -> Value {
        guard let row = registry.setting(named: name) else { return .unset }
        return values[registry.slot(of: row)]
    }

    /// Every assignment to a setting, in order of increasing priority; empty if the default is used.
    public func assignments(to name: String) -> [Assignment] {
        guard let row = registry.setting(named: name) else { return [] }
        return assignments[registry.slot(of: row)]
    }

    /// The settings that were assigned, by name, in the order of the table.
    public var assignedSettings: [String] {
        zip(registry.settings, assignments).filter { !$1.isEmpty && $0.storedAs == nil }.map { $0.0.name }
    }

    /// Returns the origin of the value: the last assignment.
    public func origin(of name: String) -> Origin {
        assignments(to: name).last?.origin ?? .standard
    }

    /// Replaces the value of a setting.
    mutating func set(_ row: SettingDefinition, _ value: Value) {
        values[registry.slot(of: row)] = value
    }

    /// Looks up the distribution and the format again, after their names have changed.
    mutating func describe(_ catalogue: PluginFacts) {
        distribution = self[.distribution].flatMap(catalogue.distribution)
        format = self[.format].flatMap(catalogue.format)
    }

    /// Values by name, for a plugin that asks for these settings; unknown names are left out.
    public func json(of names: [String]) -> ByteDictionary<JSON> {
        var object: ByteDictionary<JSON> = [:]
        for name in names {
            if let row = registry.setting(named: name) {
                object[row.name] = row.kind.json(values[registry.slot(of: row)])
            }
        }
        return object
    }

    /// The image as `summary --json` shows it: exactly the same members for every image.
    ///
    /// Programs read it with strict readers, so a member that they do not know is as bad for them as a missing one.
    public var json: JSON {
        var object: ByteDictionary<JSON> = ["Image": .string(name), "Files": .array(files.map(JSON.string))]
        for (row, value) in zip(registry.settings, values) where row.isMember {
            object[row.name] = row.kind.json(value)
        }
        return .object(object)
    }

    /// The settings of plugins that have a value; they are no members of an image, which others have to understand.
    public var pluginSettings: ByteDictionary<JSON> {
        var object: ByteDictionary<JSON> = [:]
        for (row, value) in zip(registry.settings, values) where row.plugin != nil && !leavesOut(row) {
            object[row.name] = row.kind.json(value)
        }
        return object
    }

    /// The object that scripts get: the image and, as there is no other place in one object, what plugins add and the project
    /// sets.
    public var jsonForScripts: JSON {
        guard case .object(let members) = json else { return json }
        return .object(members.merging(pluginSettings) { own, _ in own })
    }

    /// Returns whether a summary omits a setting: unset plugin settings are omitted.
    public func leavesOut(_ row: SettingDefinition) -> Bool {
        row.plugin != nil && value(named: row.name) == row.kind.nothing && assignments(to: row.name).isEmpty
    }
}

extension ImageConfiguration {
    /// Refuses a configuration that is written for a newer generation of the language.
    func checkMinimumVersion() throws(Failure) {
        guard let wanted = value(of: .minimumVersion).text, !wanted.hasPrefix("commit:"),
            VersionText.compare(wanted, Version.configuration) > 0
        else { return }
        throw Failure(
            .configuration,
            "\(origin(of: .minimumVersion)): MinimumVersion= requires \(wanted), "
                + "but this mkosi supports configuration version \(Version.configuration)",
            hint: "Install a newer mkosi"
        )
    }

    /// The architecture in the distribution's own word for it.
    public var localArchitecture: String? {
        guard let distribution else { return nil }
        // A tree of one's own may be of any architecture.
        return distribution.architectures[self[.architecture]]
            ?? (distribution.custom == true ? self[.architecture] : nil)
    }

    /// The directory of the outputs.
    public var outputDirectory: String { self[.outputDirectory] ?? standardOutputDirectory }

    /// The name of the output with extension and the suffix of its compression.
    ///
    /// If only the content is compressed, the file itself has the type of its extension.
    public var outputFileName: String {
        var name = self[.output]
        if let suffix = self[.outputExtension], !suffix.isEmpty { name += ".\(suffix)" }
        if format?.compression != "none", format?.innerCompression != true { name += compressionSuffix }
        return name
    }

    /// The suffix of what `CompressOutput=` compresses, with its dot; empty without compression.
    public var compressionSuffix: String { Self.suffixes[self[.compressOutput]] ?? "" }

    private static let suffixes = [
        "zstd": ".zst", "xz": ".xz", "bz2": ".bz2", "gz": ".gz", "lz4": ".lz4", "lzma": ".lzma",
    ]

    /// The file with the checksums of all outputs.
    public var checksumFileName: String { "\(self[.output]).SHA256SUMS" }

    /// The name of this image's cache in the cache directory: `CacheKey=` with its delayed specifiers replaced.
    public var cacheKey: String { expandDelayed(value(of: .cacheKey).text ?? "") }

    /// The name of this image's part of the build directory; nil when it has none of its own.
    public var buildKey: String? {
        let key = expandDelayed(value(of: .buildKey).text ?? "")
        return key == "-" || key.isEmpty ? nil : key
    }

    /// The directory in which build scripts keep their results: the part of `BuildDirectory=` that `BuildKey=` names.
    public var buildDirectory: String? {
        self[.buildDirectory].map { directory in buildKey.map { Paths.join(directory, $0) } ?? directory }
    }

    /// Replaces `&d` and similar specifiers for values that are only known at the end.
    func expandDelayed(_ text: String) -> String {
        var result = ""
        var rest = text.unicodeScalars[...]
        while let mark = rest.firstIndex(of: "&" as Unicode.Scalar) {
            result.unicodeScalars += rest[..<mark]
            rest = rest[rest.index(after: mark)...]
            guard let letter = rest.popFirst() else { return result + "&" }
            switch letter {
            case "&": result += "&"
            case "d": result += self[.distribution] ?? ""
            case "r": result += self[.release]
            case "a": result += self[.architecture]
            case "i": result += self[.imageID] ?? ""
            case "v": result += self[.imageVersion] ?? ""
            case "I": result += name
            default: result += "&\(letter)"
            }
        }
        result.unicodeScalars += rest
        return result
    }

    /// Returns the directory in which downloaded packages are kept.
    public func packageCacheDirectory(environment: [String: String]) -> String {
        self[.packageCacheDirectory] ?? Self.userPackageCache(environment: environment)
    }

    /// Returns the directory in which downloaded packages are kept unless one is configured.
    public static func userPackageCache(environment: [String: String]) -> String {
        Paths.join(CacheHome.path(environment), "mkosi")
    }

    /// Returns the directory for files that a build needs only for its own time.
    public func workspaceDirectory(environment: [String: String]) -> String {
        self[.workspaceDirectory] ?? CacheHome.own(environment) ?? "/var/tmp"
    }

    /// Returns the directory of the locks of outputs: the same for all builds of a user, whatever else is configured.
    public func lockDirectory(environment: [String: String]) -> String {
        Paths.join(CacheHome.path(environment), "mkosi/locks")
    }
}
