import PluginWire
import Support
import System

extension LegacyTranslator {
    /// `Output=` was a path with everything; it is a name without extension today.
    mutating func output(_ source: Source) -> [LegacyItem] {
        let text = source.entry.text
        guard !text.isEmpty else { return items((settingName(.output), ""), source) }
        var result: [LegacyItem] = []
        let parts = LegacyOutputName(text, catalogue, overview.format)
        if text.contains("/") {
            note(source, "\(shown(source)) is now a name without a path; OutputDirectory= is the directory")
            result += items((settingName(.outputDirectory), Paths.parent(text) ?? "."), source)
        }
        result += items((settingName(.output), parts.name), source)
        if let suffix = parts.fileExtension {
            note(source, "\(shown(source)) is now a name without extension; OutputExtension= is the extension")
            result += items((settingName(.outputExtension), suffix), source)
        }
        return result
    }

    /// `XZ=` compressed the output; `Compress=` the file system where there is one to compress.
    mutating func compression(_ source: Source, _ special: LegacyAction.Special) -> [LegacyItem] {
        let text = source.entry.text
        if case .xz = special {
            note(source, "\(shown(source)) is CompressOutput=xz today")
            guard let isOn = Scalars.boolean(text) else { return items((settingName(.compressOutput), text), source) }
            return items((settingName(.compressOutput), isOn ? "xz" : "none"), source)
        }
        let format = overview.format ?? (isFirst ? catalogue.standardLegacyFormat : nil)
        // A format that compresses its file system says so by wanting to know how.
        let hasFileSystem = format?.description.settings?.contains(settingName(.compressFs)) == true
        let name =
            hasFileSystem && registry.setting(.compressFs) != nil
            ? settingName(.compressFs) : settingName(.compressOutput)
        note(source, "\(shown(source)) is \(name)= today")
        let isPlainYes = name == settingName(.compressOutput) && Scalars.boolean(text) == true
        return items((name, isPlainYes ? "xz" : text), source)
    }

    mutating func bootProtocols(_ source: Source) -> [LegacyItem] {
        let new = LegacyText.split(source.entry.text, at: LegacyText.listSeparators)
        if new.isEmpty { bootProtocols = [] }
        for word in new {
            if word.hasPrefix("!") {
                bootProtocols.removeAll { word == "!*" || "!\($0)" == word }
            } else {
                bootProtocols.append(word)
            }
        }
        for word in bootProtocols where !["uefi", "bios", "linux"].contains(word) {
            note(source, "\(shown(source)) accepts uefi, bios and linux, not \"\(word)\"")
            return []
        }
        note(source, "\(shown(source)) is Bootloader= and BiosBootloader= today")
        let isBios = bootProtocols.contains("bios")
        let isEFI = bootProtocols.isEmpty || bootProtocols.contains("uefi")
        return items(
            (settingName(.bootloader), isEFI ? catalogue.preferredBootloader(for: "uefi") ?? "none" : "none"),
            (settingName(.biosBootloader), isBios ? catalogue.preferredBootloader(for: "bios") ?? "none" : "none"),
            source
        )
    }

    /// Formerly a boolean: everything that can be split, or only what is always next to the output.
    mutating func splitArtifacts(_ source: Source) -> [LegacyItem] {
        guard let isOn = Scalars.boolean(source.entry.text) else {
            guard let row = registry.setting(.splitArtifacts) else { return [] }
            return assignments(source, row)
        }
        note(source, "\(shown(source)) is now a list")
        return isOn ? items((settingName(.splitArtifacts), "uki,kernel,initrd,partitions"), source) : []
    }

    mutating func kernelImages(_ source: Source, _ special: LegacyAction.Special) -> [LegacyItem] {
        note(source, "\(shown(source)) is UnifiedKernelImages= today")
        guard var isOn = Scalars.boolean(source.entry.text) else { return [] }
        if case .withoutKernelImages = special { isOn.toggle() }
        return items((settingName(.unifiedKernelImages), isOn ? "auto" : "none"), source)
    }
}

/// The parts of an old `Output=`.
struct LegacyOutputName: Equatable {
    /// Without directory and extension.
    var name: String
    /// An extension that the format would not choose by itself.
    var fileExtension: String?

    private static let compressions = [".xz", ".zst", ".gz", ".bz2", ".lz4", ".lzma"]

    init(name: String, fileExtension: String? = nil) {
        self.name = name
        self.fileExtension = fileExtension
    }

    init(_ path: String, _ catalogue: PluginFacts, _ format: PluginFacts.FormatEntry?) {
        let whole = Paths.name(path)
        let known = Set(catalogue.formats.compactMap { Self.plain($0.description.fileExtension) })
        let own = Self.plain(format?.description.fileExtension)
        var stem = whole[...]
        if let suffix = Self.compressions.first(where: whole.hasSuffix) { stem = stem.dropLast(suffix.count) }
        guard let dot = stem.lastIndex(of: "."), dot != stem.startIndex else {
            self.init(name: whole)
            return
        }
        let end = String(stem[stem.index(after: dot)...])
        if known.contains(end) {
            self.init(name: String(stem[..<dot]), fileExtension: own == nil || own == end ? nil : end)
        } else if stem.count == whole.count, (2...6).contains(end.count), end.allSatisfy({ $0.isLowercase }) {
            self.init(name: String(stem[..<dot]), fileExtension: end)
        } else {
            self.init(name: whole)
        }
    }

    private static func plain(_ suffix: String?) -> String? {
        guard let suffix, !suffix.isEmpty else { return nil }
        return suffix.hasPrefix(".") ? String(suffix.dropFirst()) : suffix
    }
}
