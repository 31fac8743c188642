import PluginWire
import Support
import System

extension LegacyTranslation {
    /// The name of the plugins' configuration for projects of the first generations: their unwritten defaults.
    static let defaults = "mkosi-legacy"

    /// Translates the files that count for one build: the main file, then the drop-ins.
    init(_ project: LegacyProject, registry: Registry, catalogue: PluginFacts) throws(Failure) {
        var translator = LegacyTranslator(
            registry: registry,
            catalogue: catalogue,
            directory: project.directory,
            isFirst: true
        )
        let main = try project.main.map { path throws(Failure) in try LegacyProject.read(path) }
        var dropIns: [(place: LegacyProject.DropIn, file: LegacyFile)] = []
        for dropIn in project.dropIns { dropIns.append((dropIn, try LegacyProject.read(dropIn.path))) }
        translator.overview = Self.overview(main, dropIns, catalogue)
        var first = File(target: "mkosi.conf", source: main, items: [])
        if let main { try translator.translate(main, into: &first) }
        first.items = translator.head(project, main?.shown) + first.items
        first.sortItems()
        files = [first]
        for (place, file) in dropIns {
            var translated = File(target: "", source: file, items: [])
            if let name = place.distribution {
                let parts = LegacyText.extraRepository(name)
                translated.conditions.append(Condition(name: settingName(.distribution), text: parts.name))
                if let repository = parts.repository {
                    translated.conditions.append(Condition(name: settingName(.repositories), text: repository))
                }
            }
            try translator.translate(file, into: &translated)
            translated.sortItems()
            files.append(translated)
        }
        let names = Self.names(of: project.dropIns)
        for (index, name) in names.enumerated() { files[index + 1].target = "mkosi.conf.d/\(name).conf" }
        notes = translator.notes
        elements = translator.elements
        profile = project.profile
    }

    /// Directories of other distributions say nothing of the project as a whole.
    private static func overview(
        _ main: LegacyFile?,
        _ dropIns: [(place: LegacyProject.DropIn, file: LegacyFile)],
        _ catalogue: PluginFacts
    ) -> LegacyOverview {
        let plain = dropIns.filter { $0.place.distribution == nil }.flatMap(\.file.entries)
        let distribution = LegacyOverview((main?.entries ?? []) + plain, catalogue).distribution
        let counted = dropIns.filter { $0.place.distribution == nil || $0.place.distribution == distribution }
        return LegacyOverview((main?.entries ?? []) + counted.flatMap(\.file.entries), catalogue)
    }

    /// Names for drop-ins in whose order they are read.
    private static func names(of dropIns: [LegacyProject.DropIn]) -> [String] {
        let names = dropIns.map { dropIn in
            let name = Paths.name(dropIn.path)
            let plain = name.hasSuffix(".conf") ? String(name.dropLast(5)) : name
            return dropIn.distribution.map { "\($0)-\(plain)" } ?? plain
        }
        return isSorted(names) ? names : numbered(names)
    }

    static func isSorted(_ names: [String]) -> Bool {
        zip(names, names.dropFirst()).allSatisfy { left, right in
            "\(left).conf".utf8.lexicographicallyPrecedes("\(right).conf".utf8)
        }
    }

    static func numbered(_ names: [String]) -> [String] {
        let width = String(names.count * 10).count
        return names.enumerated().map { index, name in
            let number = String((index + 1) * 10)
            return String(repeating: "0", count: width - number.count) + "\(number)-\(name)"
        }
    }
}

extension LegacyTranslator {
    /// Translates every assignment of a file.
    mutating func translate(_ source: LegacyFile, into file: inout LegacyTranslation.File) throws(Failure) {
        let shown = source.shown
        for position in source.unreadable {
            let line = source.lines[position.line - 1]
            throw shown.failure(
                "this line is neither [Section] nor Name=value",
                at: position,
                length: line.utf8.count - position.column + 1
            )
        }
        for entry in source.entries {
            if source.cuts.contains(entry.position) {
                let cut = Source(entry: entry, file: shown, key: "#\(entry.position.line)")
                let message = "the value of \(entry.name)= ends at the # in it"
                note(cut, message, hint: "A # starts a comment")
            }
            let items = try translate(entry, in: shown)
            // A setting that is gone leaves what was said about it, and itself, as comments.
            if items.isEmpty {
                file.trailingComments += entry.comments
                file.trailingComments += Self.commented(entry)
            }
            file.items += items
        }
        file.trailingComments += source.trailingComments
    }

    private static func commented(_ entry: LegacyFile.Entry) -> [String] {
        let values = entry.pieces.map(\.text)
        return ["# \(entry.name)=\(values.first ?? "")"] + values.dropFirst().map { "#         \($0)" }
    }

    /// Adds the defaults of the first generations, unless the project says otherwise.
    mutating func head(_ project: LegacyProject, _ main: ConfigurationFile?) -> [LegacyItem] {
        let file = main ?? ConfigurationFile(path: project.directory, lines: [], sections: [])
        func source(_ key: String, _ text: String) -> Source {
            let start = ConfigurationFile.Position(line: 1, column: 1)
            let piece = ConfigurationFile.Piece(text: text, position: start)
            let entry = LegacyFile.Entry(section: "", name: key, position: start, pieces: [piece])
            return Source(entry: entry, file: file, key: key)
        }
        var items: [LegacyItem] = []
        if overview.format == nil, !overview.keys.contains("format"), let format = catalogue.standardLegacyFormat {
            items += [item(settingName(.format), format.description.name, source("format", ""))].compactMap { $0 }
        }
        if !catalogue.includes(named: LegacyTranslation.defaults).isEmpty,
            var include = item(settingName(.include), LegacyTranslation.defaults, source("include", ""))
        {
            include.comments = ["# The defaults of older versions."]
            items.append(include)
        }
        for (name, setting) in LegacyTable.files where Files.exists(Paths.join(project.directory, name)) {
            let other = setting == settingName(.packageCacheDirectory) ? "cache" : "repositorydirectories"
            let keys = [LegacyText.key(setting), other]
            guard !keys.contains(where: overview.keys.contains), !isAssigned(setting, items) else { continue }
            if setting == "RepositoryDirectory" {
                items += (try? translate(source(setting, name), .repositoryDirectory)) ?? []
            } else {
                items += [item(setting, name, source(setting, name))].compactMap { $0 }
            }
        }
        items += [hashedPassword(project, source("rootpassword", ""))].compactMap { $0 }
        for (name, reason) in LegacyTable.goneFiles where Files.exists(Paths.join(project.directory, name)) {
            notes.append(
                LegacyNote(
                    key: name,
                    message: "\(Paths.join(project.directory, name)) has no effect any more: \(reason)"
                )
            )
        }
        return items
    }

    /// The hash in `mkosi.rootpw`, which says by itself today that it is one.
    private func hashedPassword(_ project: LegacyProject, _ source: Source) -> LegacyItem? {
        guard overview.passwordIsHashed, !overview.keys.contains("password"),
            let hash = project.passwordHash, var item = item(settingName(.rootPassword), "hashed:\(hash)", source)
        else { return nil }
        item.isImplied = true
        return item
    }

    private func isAssigned(_ setting: String, _ items: [LegacyItem]) -> Bool {
        items.contains { $0.name == setting }
    }
}

extension LegacyTranslation.File {
    /// Puts what the included defaults depend on first, then the defaults, then the rest by section.
    ///
    /// The order of assignments to one setting stays.
    mutating func sortItems() {
        let head: Set = [settingName(.distribution), settingName(.release), settingName(.format)]
        func rank(_ item: LegacyItem) -> Int {
            if head.contains(item.name) { return item.section == .distribution ? 0 : 1 }
            if item.section == .include { return 2 }
            return 3 + (Section.allCases.firstIndex(of: item.section) ?? 0)
        }
        items = items.enumerated().sorted { left, right in
            (rank(left.element), left.offset) < (rank(right.element), right.offset)
        }.map(\.element)
    }
}
