import ByteKeys
import PluginWire
import Support
import System

/// Reads the files of a project and the settings of the command line into assignments.
struct Loader {
    var resolver: Resolver
    var warnings: [Warning] = []
    var files: [LoadedFile] = []
    var skipped: [SkippedFile] = []
    /// `%D`.
    let startDirectory: String
    let role: ImageRole
    let cache: FileCache
    var included: ByteSet = []
    /// The request of the command line for files of older generations.
    var legacy = LegacyRequest()
    /// The profiles that directories `mkosi.profiles` hold, whether or not they were chosen.
    var profileNames: ByteSet = []
    /// The present depth of files that include each other.
    var depth = 0

    /// The directories that are being read, each from the one before it, without links.
    var entered: [String] = []
    /// The number of directories that were read in all.
    var directoryCount = 0

    static let maximumDepth = 64

    init(resolver: Resolver, startDirectory: String, role: ImageRole = .main, cache: FileCache = FileCache()) {
        self.resolver = resolver
        self.startDirectory = startDirectory
        self.role = role
        self.cache = cache
    }

    var registry: Registry { resolver.registry }

    /// The place of a file or directory, and what it may include.
    struct Place {
        /// The directory that relative paths start from.
        var directory: String
        var layer = AssignmentStore.Layer.files
        /// True if `mkosi.local.conf` and `mkosi.local` belong to it.
        var hasLocal = false
        /// True if `mkosi.profiles` belongs to it.
        var hasProfiles = false
    }

    /// Reads a directory with all that belongs to it; does nothing when the conditions of its main file fail.
    @discardableResult
    mutating func readDirectory(_ place: Place) throws(Failure) -> Bool {
        var place = place
        // It becomes the working directory, and that has no links in it.
        place.directory = Paths.resolved(place.directory) ?? place.directory
        try enter(place.directory)
        defer { entered.removeLast() }
        let main = Paths.join(place.directory, "mkosi.conf")
        var mainFile: ConfigurationFile?
        if Files.exists(main), !Files.isDirectory(main) {
            let file = try parse(main)
            guard try applies(file, place) else { return false }
            mainFile = file
        }
        if place.hasLocal { try readLocal(place) }
        try readDefaultPaths(place)
        if let mainFile { try apply(mainFile, place) }
        let dropIns = Paths.join(place.directory, "mkosi.conf.d")
        for name in try names(in: dropIns) {
            let path = Paths.join(dropIns, name)
            if Files.isDirectory(path) {
                try checkLoop(path)
                var inner = place
                inner.directory = path
                try readDirectory(inner)
            } else if name.hasSuffix(".conf"), name != ".conf" {
                try readFile(path, place)
            }
        }
        if place.hasProfiles { try readProfiles(place) }
        return true
    }

    mutating func readLocal(_ place: Place) throws(Failure) {
        let file = Paths.join(place.directory, "mkosi.local.conf")
        if Files.exists(file) {
            try readFile(file, Place(directory: place.directory, layer: .local))
        }
        let directory = Paths.join(place.directory, "mkosi.local")
        if Files.isDirectory(directory) {
            try readDirectory(Place(directory: directory, layer: .local, hasProfiles: place.hasProfiles))
        }
    }

    /// Reads the configured profiles; one that a directory does not have can be in another one.
    private mutating func readProfiles(_ place: Place) throws(Failure) {
        guard let row = registry.setting(.profiles) else { return }
        let directory = Paths.join(place.directory, "mkosi.profiles")
        let present = try names(in: directory)
        guard !present.isEmpty else { return }
        profileNames.formUnion(ProfileCheck.profiles(present))
        let names = ByteSet(present)
        for profile in resolver.value(of: row).list ?? [] {
            let path = Paths.join(directory, profile)
            if names.contains(profile), Files.isDirectory(path) {
                try readDirectory(Place(directory: path, layer: place.layer))
            } else if names.contains("\(profile).conf") {
                try readFile(path + ".conf", place)
            }
        }
    }

    /// Reads one file when its conditions hold.
    @discardableResult
    mutating func readFile(_ path: String, _ place: Place) throws(Failure) -> Bool {
        let file = try parse(path)
        guard try applies(file, place) else { return false }
        try apply(file, place)
        return true
    }

    private mutating func parse(_ path: String) throws(Failure) -> ConfigurationFile {
        let (text, file) = try cache.file(path)
        files.append(LoadedFile(image: resolver.imageName, path: path, text: text))
        return file
    }

    /// Returns true if the conditions of a file hold; those that do not are kept for `mkosi explain`.
    mutating func applies(_ file: ConfigurationFile, _ place: Place) throws(Failure) -> Bool {
        let conditions = conditions(file.path, place)
        let unmet = try conditions.unmet(in: file)
        for block in file.sections where ConditionSection(rawValue: block.name) != nil {
            for entry in block.entries {
                guard let (word, known) = conditions.stranger(in: entry) else { continue }
                let message = "no installed plugin provides \(entry.name)=\(word)"
                warn(message, word, known, file, entry.pieces.first?.position ?? entry.position, 0)
            }
        }
        if unmet.isEmpty { return true }
        skipped.append(SkippedFile(image: resolver.imageName, path: file.path, conditions: unmet))
        return false
    }

    func conditions(_ path: String, _ place: Place) -> Conditions {
        Conditions(resolver: resolver, specifiers: specifiers(path, place))
    }

    func specifiers(_ path: String, _ place: Place) -> Specifiers {
        Specifiers(
            resolver: resolver,
            fileDirectory: Paths.parent(path) ?? place.directory,
            directory: place.directory,
            startDirectory: startDirectory
        )
    }

    /// Makes every assignment of a file, in order.
    mutating func apply(_ file: ConfigurationFile, _ place: Place) throws(Failure) {
        for block in file.sections where ConditionSection(rawValue: block.name) == nil {
            let old = LegacyModern.section(block.name)
            guard let section = Section(rawValue: block.name) ?? old else {
                let known = Section.allCases.map(\.rawValue) + ConditionSection.allCases.map(\.rawValue)
                warn("there is no section [\(block.name)]", block.name, known, file, block.position, 2)
                continue
            }
            if let old { warnOfSection(block, old, file) }
            for entry in block.entries { try apply(entry, old == nil ? section : nil, file, place) }
        }
    }

    private mutating func apply(
        _ entry: ConfigurationFile.Entry,
        _ section: Section?,
        _ file: ConfigurationFile,
        _ place: Place
    ) throws(Failure) {
        if try applyOld(entry, file, place) { return }
        let name = entry.name
        guard let row = registry.setting(named: name) else {
            warn("there is no setting \(name)=", name, registry.names, file, entry.position, 0)
            return
        }
        if name != row.name, row.oldNames.contains(name) {
            warn("\(name)= is now called \(row.name)=", nil, [], file, entry.position, name.utf8.count)
        } else if let section, row.section != section {
            let message = "\(row.name)= belongs in section [\(row.section.rawValue)], not [\(section.rawValue)]"
            warn(message, nil, [], file, entry.position, entry.name.utf8.count)
        }
        if let problem = row.refusal(in: role, registry, isBuiltIn: place.layer == .files) {
            throw file.failure(
                problem.message,
                at: entry.position,
                length: entry.name.utf8.count,
                hint: problem.hint
            )
        }
        if row.name == settingName(.output), role == .tools || role == .initrd, place.layer == .local {
            let message = "Ignoring Output=: it is fixed in \(role.title)"
            return warn(message, nil, [], file, entry.position, entry.name.utf8.count)
        }
        try assign(Source(entry: entry, file: file), to: row, place)
    }

    private mutating func warn(
        _ message: String,
        _ word: String?,
        _ known: [String],
        _ file: ConfigurationFile,
        _ position: ConfigurationFile.Position,
        _ extraLength: Int
    ) {
        let near = word.flatMap { Suggestion.nearest(to: $0, in: known) }.map { "Did you mean \($0)?" }
        warnings.append(
            Warning(
                message: "\(file.path):\(position.line):\(position.column): \(message)",
                hint: word.flatMap { resolver.catalogue.known.hint(setting: $0) } ?? near,
                excerpt: file.excerpt(at: position, length: (word?.utf8.count ?? 0) + extraLength)
            )
        )
    }

    func names(in directory: String) throws(Failure) -> [String] { try cache.names(in: directory) }
}

/// Something odd that does not stop the work.
public struct Warning: Sendable, Hashable {
    public var message: String
    public var hint: String?
    public var excerpt: [String]
}

/// A configuration file that was read, whether or not its conditions held.
public struct LoadedFile: Sendable, Equatable {
    /// The image for which it was read.
    public var image: String
    public var path: String
    public var text: String
}
