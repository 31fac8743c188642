import Support

/// Settings in today's files whose names or values come from an older generation.
enum LegacyModern {
    /// Returns what becomes of the value of a setting of today if it is one of former days.
    static func isOld(_ name: String, _ text: String) -> LegacyAction? {
        switch name {
        case "SplitArtifacts": Scalars.boolean(text) == nil ? nil : .special(.splitArtifacts)
        case "CacheOnly": text == "none" ? .special(.cacheOnly) : nil
        case "WithNetwork": text == "never" ? .special(.withNetwork) : nil
        case "Distribution": LegacyText.extraRepository(text).repository == nil ? nil : .special(.distribution)
        case "Release": text.hasSuffix("-stream") ? .special(.release) : nil
        case settingName(.firmware), "QemuFirmware":
            text == "bios" ? .gone("virtual machines boot with EFI firmware or a kernel") : nil
        default: nil
        }
    }

    /// Returns true if an assignment is worth a closer look, found out without effort: nearly none is.
    static func isOld(_ entry: ConfigurationFile.Entry, _ registry: Registry) -> Bool {
        if registry.setting(named: entry.name) != nil { return isOld(entry.name, entry.text) != nil }
        return entry.name.hasPrefix("@") || LegacyTable.all[LegacyText.key(entry.name)] != nil
    }

    /// The section that an old name means.
    static func section(_ name: String) -> Section? {
        LegacyTable.sections[name].flatMap(Section.init)
    }

    /// Returns today's assignments for one of a file of today; nil if it is one of them already.
    static func translate(
        _ entry: ConfigurationFile.Entry,
        in file: ConfigurationFile,
        _ translator: inout LegacyTranslator
    ) throws(Failure) -> [LegacyItem]? {
        let old = LegacyFile.Entry(
            section: "",
            name: entry.name,
            position: entry.position,
            pieces: entry.pieces
        )
        let source = LegacyTranslator.Source(entry: old, file: file, key: LegacyText.key(entry.name))
        if translator.registry.setting(named: entry.name) != nil {
            guard let action = isOld(entry.name, old.text) else { return nil }
            return try translator.translate(source, action)
        }
        if entry.name.hasPrefix("@"), let row = translator.registry.setting(named: String(entry.name.dropFirst())) {
            translator.note(
                source,
                "\(entry.name)= is \(row.name)= today",
                hint: "The later assignment takes precedence"
            )
            return [LegacyItem(section: row.section, name: row.name, pieces: entry.pieces, position: entry.position)]
        }
        let plainKey = entry.name.hasPrefix("@") ? String(source.key.dropFirst()) : source.key
        guard let action = translator.action(plainKey) else { return nil }
        return try translator.translate(source, action)
    }
}

extension Loader {
    /// An old section is treated as the sections that it was split into.
    mutating func warnOfSection(
        _ block: ConfigurationFile.SectionBlock,
        _ section: Section,
        _ file: ConfigurationFile
    ) {
        let position = block.position
        warnings.append(
            Warning(
                message: "\(file.path):\(position.line):\(position.column): "
                    + "[\(block.name)] is [\(section.rawValue)] today",
                hint: "Run mkosi migrate to see today's form of the file",
                excerpt: file.excerpt(at: position, length: block.name.utf8.count + 2)
            )
        )
    }

    /// Applies an assignment that is written in the words of an older generation; false when it is not.
    mutating func applyOld(
        _ entry: ConfigurationFile.Entry,
        _ file: ConfigurationFile,
        _ place: Place
    ) throws(Failure) -> Bool {
        guard LegacyModern.isOld(entry, registry) else { return false }
        var translator = LegacyTranslator(
            registry: registry,
            catalogue: resolver.catalogue,
            directory: place.directory,
            isFirst: false
        )
        guard let items = try LegacyModern.translate(entry, in: file, &translator) else { return false }
        warnings += translator.notes.map(\.warning)
        for item in items {
            guard let row = registry.setting(named: item.name) else { continue }
            let now = ConfigurationFile.Entry(name: item.name, position: item.position, pieces: item.pieces)
            try assign(Source(entry: now, file: file), to: row, place)
        }
        return true
    }
}
