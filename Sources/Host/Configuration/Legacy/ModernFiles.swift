import Support
import System

/// Rewrites outdated names in today's files, and leaves the rest unchanged.
struct ModernFiles {
    private(set) var changes: [Migration.Change] = []
    private(set) var warnings: [Warning] = []
    private let registry: Registry
    private let catalogue: PluginFacts
    private let directory: String

    init(directory: String, registry: Registry, catalogue: PluginFacts) throws(Failure) {
        self.directory = directory
        self.registry = registry
        self.catalogue = catalogue
        for name in ["mkosi.conf", "mkosi.local.conf", "mkosi.tools.conf", "mkosi.initrd.conf"] {
            try read(name)
        }
        for name in ["mkosi.conf.d", "mkosi.profiles", "mkosi.images", "mkosi.local", "mkosi.tools.conf.d", "mkosi"] {
            try readDirectory(name, depth: 0)
        }
    }

    /// Only the files of one directory.
    init(
        directory: String,
        subdirectory: String,
        registry: Registry,
        catalogue: PluginFacts
    ) throws(Failure) {
        self.directory = directory
        self.registry = registry
        self.catalogue = catalogue
        try readDirectory(subdirectory, depth: 0)
    }

    private mutating func readDirectory(_ name: String, depth: Int) throws(Failure) {
        let path = Paths.join(directory, name)
        // Trees for images can be here too, and have files with such names.
        guard depth < 16, Files.kind(of: path) == 0o040000 else { return }
        let entries: [String]
        do throws(SystemCallError) {
            entries = try Files.list(path)
        } catch {
            throw Failure(.system, "Cannot read the directory \(path)", cause: error)
        }
        for entry in entries {
            let inner = "\(name)/\(entry)"
            if Files.isDirectory(Paths.join(directory, inner)) {
                let isConfiguration =
                    !entry.hasPrefix("mkosi.") || entry.hasSuffix(".conf.d")
                    || ["mkosi.profiles", "mkosi.images"].contains(entry)
                if isConfiguration { try readDirectory(inner, depth: depth + 1) }
            } else if entry.hasSuffix(".conf") {
                try read(inner)
            }
        }
    }

    private mutating func read(_ name: String) throws(Failure) {
        let path = Paths.join(directory, name)
        guard Files.kind(of: path) == 0o100000 else { return }
        let text = try ConfigurationFile.text(of: path)
        let file = try ConfigurationFile(path: path, text: text)
        for (index, line) in file.lines.enumerated() where line.contains("\(LegacyImages.directoryName)/") {
            let message = "\(path):\(index + 1): this names a file in \(LegacyImages.directoryName)"
            let hint = "Change it to \(SubimageDirectory.name) when the files have been moved"
            warnings.append(Warning(message: message, hint: hint, excerpt: []))
        }
        let new = try rewritten(file)
        guard new != text else { return }
        changes.append(Migration.Change(old: name, new: name, oldText: text, newText: new))
    }

    /// The text of a file with every old assignment replaced.
    private mutating func rewritten(_ file: ConfigurationFile) throws(Failure) -> String {
        var translator = LegacyTranslator(
            registry: registry,
            catalogue: catalogue,
            directory: directory,
            isFirst: false
        )
        var edits = FileEdits(file)
        for block in file.sections {
            let isCondition = ConditionSection(rawValue: block.name) != nil
            let old = LegacyModern.section(block.name)
            // Settings in an unknown section have no effect, and must not gain one.
            guard isCondition || old != nil || Section(rawValue: block.name) != nil else { continue }
            if old != nil { edits.drop(block.position.line) }
            for entry in block.entries {
                if isCondition {
                    if let row = registry.setting(named: entry.name), row.name != entry.name, row.plugin == nil {
                        edits.replace(entry, by: [(block.name, row.name, entry.pieces.map(\.text))], in: block.name)
                    }
                    continue
                }
                if let items = try LegacyModern.translate(entry, in: file, &translator) {
                    let values = items.map { ($0.section.rawValue, $0.name, $0.pieces.map(\.text)) }
                    edits.replace(entry, by: values, in: old == nil ? block.name : nil)
                } else if let row = registry.setting(named: entry.name) {
                    let isSame = row.name == entry.name || row.oldNames.isEmpty
                    guard !isSame || row.section.rawValue != block.name else { continue }
                    let name = isSame ? entry.name : row.name
                    edits.replace(
                        entry,
                        by: [(row.section.rawValue, name, entry.pieces.map(\.text))],
                        in: old == nil ? block.name : nil
                    )
                } else if let old {
                    edits.replace(entry, by: [(old.rawValue, entry.name, entry.pieces.map(\.text))], in: nil)
                }
            }
        }
        warnings += translator.notes.map(\.warning)
        return edits.text
    }
}

/// The lines of a file, some of them replaced.
private struct FileEdits {
    private let file: ConfigurationFile
    /// Replacements of lines, by the number of the first.
    private var replacements: [Int: [String]] = [:]
    private var dropped: Set<Int> = []

    init(_ file: ConfigurationFile) { self.file = file }

    /// The section that was written last below a heading that is not there any more.
    private var written: String?

    mutating func drop(_ line: Int) {
        dropped.insert(line)
        written = nil
    }

    /// Replaces an assignment; `section` is its section, nil for one that no longer exists.
    mutating func replace(
        _ entry: ConfigurationFile.Entry,
        by values: [(section: String, name: String, pieces: [String])],
        in section: String?
    ) {
        var lines: [String] = []
        var current = section ?? written
        for value in values {
            if value.section != current { lines += ["", "[\(value.section)]"] }
            current = value.section
            lines.append("\(value.name)=\(value.pieces.first ?? "")")
            lines += value.pieces.dropFirst().map { "        \($0)" }
        }
        if section == nil { written = current }
        // What follows is of the section that this stood in.
        if let section, current != section { lines += ["", "[\(section)]"] }
        replacements[entry.position.line] = lines
        for piece in entry.pieces { dropped.insert(piece.position.line) }
        dropped.insert(entry.position.line)
    }

    var text: String {
        guard !dropped.isEmpty else { return file.lines.joined(separator: "\n") }
        var lines: [String] = []
        for (index, line) in file.lines.enumerated() {
            let number = index + 1
            for new in replacements[number] ?? [] where !(new.isEmpty && lines.last?.isEmpty != false) {
                lines.append(new)
            }
            if !dropped.contains(number) { lines.append(String(line)) }
        }
        return Self.withoutEmptySections(lines).joined(separator: "\n")
    }

    /// Leaves out headings of which only the next heading, or nothing, is left below.
    private static func withoutEmptySections(_ lines: [String]) -> [String] {
        func isHeading(_ line: String) -> Bool { line.hasPrefix("[") && line.hasSuffix("]") }
        func isSection(_ line: String) -> Bool { isHeading(line) && Section(rawValue: line.inner) != nil }
        var result: [String] = []
        var isBelowDropped = false
        for (index, line) in lines.enumerated() {
            let next = lines[(index + 1)...].first { !$0.isEmpty }
            let isEmpty = isSection(line) && next.map(isHeading) ?? true
            // Settings below a repeated section heading belong to the first as well.
            let isRepeated = isSection(line) && result.last(where: isHeading) == line
            if isEmpty || isRepeated {
                if isRepeated, result.last == "" { result.removeLast() }
                isBelowDropped = true
                continue
            }
            if line.isEmpty, isBelowDropped, result.last == "" { continue }
            isBelowDropped = false
            result.append(line)
        }
        if isBelowDropped, lines.last == "" {
            while result.last == "" { result.removeLast() }
            result.append("")
        }
        return result
    }
}

extension String {
    /// The text between the first and the last character.
    fileprivate var inner: String { String(dropFirst().dropLast()) }
}
