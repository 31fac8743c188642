/// Reads definition files into values; every problem names file and line.
public struct DefinitionReader: Sendable {
    /// The architecture of the image, in a word of the Discoverable Partitions Specification.
    public var architecture: String
    /// The values of `%` and a letter in `Label=`, `CopyBlocks=`, `CopyFiles=` and `MakeDirectories=`.
    public var specifiers: [Character: String]

    public init(architecture: String, specifiers: [Character: String] = [:]) {
        self.architecture = architecture
        self.specifiers = specifiers
    }

    /// Reads the text of one file.
    ///
    /// - Parameters:
    ///   - name: The file's name without `.conf`.
    ///   - path: What to call the file in messages.
    ///   - text: The content of the file.
    /// - Returns: The definition, with specifiers expanded.
    /// - Throws: `definition`, with file and line, for the first problem.
    public func read(name: String, path: String, text: String) throws(DiskError) -> PartitionDefinition {
        try read(File(name: name, path: path, text: text))
    }

    func read(_ source: File) throws(DiskError) -> PartitionDefinition {
        let file = try DefinitionFile(source)
        guard let named = file.assignments.last(where: { $0.key == "Type" }) else {
            throw file.failure(nil, "Type= is missing", "Set Type= to a partition type, such as root or esp")
        }
        guard let type = PartitionType(name: named.value, architecture: architecture) else {
            throw file.failure(named.place, "There is no partition type \(named.value)", "repart.d(5) lists the types")
        }
        var definition = PartitionDefinition(name: source.name, type: type)
        let places = file.assignments.map { ($0.key, $0.place.description) }
        definition.source = .init(path: source.path, places: Dictionary(places) { $1 })
        for assignment in file.assignments {
            guard let key = Self.keys[assignment.key] else {
                throw file.failure(
                    assignment.place,
                    "There is no key \(assignment.key)=",
                    Self.nearest(to: assignment.key).map { "Did you mean \($0)=?" }
                )
            }
            var value = assignment.value
            let later: Set<Character>? = assignment.key == "SplitName" ? ["t", "T", "U", "n", "%"] : nil
            if Self.expanded.contains(assignment.key) {
                value = try expand(value, keeping: later ?? [], file, assignment)
            }
            if let problem = key(value, &definition) {
                throw file.failure(assignment.place, "\(assignment.key)=\(assignment.value) \(problem)")
            }
        }
        try check(definition, file)
        return definition
    }

    /// Keys whose values have specifiers; some of `SplitName=` are known only once the layout is.
    private static let expanded: Set = ["Label", "CopyBlocks", "CopyFiles", "MakeDirectories", "SplitName"]

    /// - Parameters:
    ///   - text: A value.
    ///   - later: The letters of specifiers that stay as they are.
    ///   - file: The file that has it.
    ///   - assignment: Its assignment.
    /// - Returns: The value with the other specifiers expanded.
    /// - Throws: `definition` for a specifier without a value.
    private func expand(
        _ text: String,
        keeping later: Set<Character>,
        _ file: DefinitionFile,
        _ assignment: DefinitionFile.Assignment
    ) throws(DiskError) -> String {
        var result = ""
        var rest = text[...]
        while let mark = rest.firstIndex(of: "%") {
            result += rest[..<mark]
            rest = rest[rest.index(after: mark)...]
            let letter = rest.popFirst()
            if let letter, later.contains(letter) {
                result += "%\(letter)"
            } else if letter == "%" {
                result += "%"
            } else if let letter, let value = specifiers[letter] {
                // A percent sign of the value is none of a specifier that is expanded later.
                result += later.isEmpty ? value : value.replacing("%", with: "%%")
            } else {
                let name = letter.map(String.init) ?? ""
                throw file.failure(
                    assignment.place,
                    "There is no value for %\(name) in \(text)",
                    Self.unknown[name] ?? "repart.d(5) lists the specifiers; a percent sign is %%"
                )
            }
        }
        return result + rest
    }

    /// The reasons why specifiers of repart.d(5) may have no value.
    private static let unknown = [
        "b": "It identifies the boot of a running system, and an image is built from a tree",
        "v": "It is the release of a running kernel, and an image is built from a tree",
        "m": "The tree has no machine ID",
    ]

    /// Each path that is copied is compared with each that is left out.
    private static let listLimit = 4096

    private func check(_ definition: PartitionDefinition, _ file: DefinitionFile) throws(DiskError) {
        func line(_ key: String) -> DefinitionFile.Place? { file.assignments.last { $0.key == key }?.place }
        let content = definition.content
        for (key, count) in [
            ("CopyFiles", content.copyFiles.count), ("ExcludeFiles", content.excludedSources.count),
            ("ExcludeFilesTarget", content.excludedTargets.count),
        ] where count > Self.listLimit {
            throw file.failure(line(key), "\(key)= names more than \(Self.listLimit) paths")
        }
        if let minimum = definition.minimumSize, let maximum = definition.maximumSize, minimum > maximum {
            throw file.failure(
                line("SizeMaxBytes"),
                "SizeMaxBytes= is \(minimum - maximum) bytes less than SizeMinBytes="
            )
        }
        if let maximum = definition.maximumPadding, definition.minimumPadding > maximum {
            throw file.failure(
                line("PaddingMaxBytes"),
                "PaddingMaxBytes= is \(definition.minimumPadding - maximum) bytes less than PaddingMinBytes="
            )
        }
        if content.copyBlocks != nil {
            for (key, isSet) in [
                ("Format", content.format != nil), ("CopyFiles", !content.copyFiles.isEmpty),
                ("MakeDirectories", !content.directories.isEmpty), ("MakeSymlinks", !content.symlinks.isEmpty),
            ] where isSet {
                throw file.failure(line(key), "\(key)= cannot be combined with CopyBlocks=")
            }
        }
        if content.format == "swap", !content.copyFiles.isEmpty || !content.directories.isEmpty {
            throw file.failure(line("Format"), "Format=swap cannot hold files")
        }
        if let name = definition.fileSystem, let fileSystem = FileSystem.all[name] {
            if let maximum = definition.contentLimit, maximum < fileSystem.smallestSize {
                throw file.failure(
                    line("SizeMaxBytes"),
                    "The file system \(name) has at least \(fileSystem.smallestSize) bytes, which is "
                        + "\(fileSystem.smallestSize - maximum) more than SizeMaxBytes= allows"
                )
            }
            if let known = fileSystem.compressions, let compression = content.compression,
                !known.contains(compression)
            {
                throw file.failure(
                    line("Compression"),
                    "Compression=\(compression) is not known to \(name)",
                    "Use one of \(known.joined(separator: ", "))"
                )
            }
        }
        let verity = definition.verity
        if verity.correctionRoots != nil {
            guard verity.role == .hash, verity.dataBlockSize == verity.hashBlockSize else {
                throw file.failure(
                    line("X-VerityFECRoots"),
                    "X-VerityFECRoots= needs Verity=hash and blocks of one size for data and hashes"
                )
            }
        }
        if verity.role != .off {
            guard verity.matchKey != nil else {
                throw file.failure(line("Verity"), "Verity=\(verity.role.rawValue) needs VerityMatchKey=")
            }
            guard definition.encryption == .off else {
                throw file.failure(line("Encrypt"), "Encrypt= cannot be combined with Verity=")
            }
            if verity.role != .data, content.copyBlocks != nil || definition.fileSystem != nil {
                throw file.failure(
                    line("Verity"),
                    "Verity=\(verity.role.rawValue) cannot be combined with CopyBlocks=, CopyFiles= or Format="
                )
            }
        }
        if definition.minimize != .off, verity.role == .off || verity.role == .data, definition.fileSystem == nil {
            throw file.failure(line("Minimize"), "Minimize= needs Format= or CopyFiles=")
        }
        if definition.minimize == .best, let name = definition.fileSystem, FileSystem.all[name]?.isWritable == true {
            throw file.failure(
                line("Minimize"),
                "Minimize=best needs a read-only file system, and \(name) is none",
                "Use Minimize=guess"
            )
        }
        if definition.supplementFor != nil,
            content.copyBlocks != nil || definition.encryption != .off || verity.role != .off
        {
            throw file.failure(
                line("SupplementFor"),
                "SupplementFor= cannot be combined with CopyBlocks=, Encrypt= or Verity="
            )
        }
    }

    /// The key that a misspelt one is nearest to.
    static func nearest(to name: String) -> String? {
        let lower = name.lowercased()
        if let same = keys.keys.first(where: { $0.lowercased() == lower }) { return same }
        let starts = keys.keys.filter { $0.lowercased().hasPrefix(lower) || lower.hasPrefix($0.lowercased()) }
        return starts.min { ($0.count, $0) < ($1.count, $1) }
    }
}
