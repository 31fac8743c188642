import PluginWire
import Support
import System

extension LegacyTranslator {
    /// Assignments whose values need more than a new name.
    mutating func translate(_ source: Source, _ special: LegacyAction.Special) throws(Failure) -> [LegacyItem] {
        let text = source.entry.text
        switch special {
        case .distribution: return distribution(source)
        case .release: return release(source)
        case .architecture: return architecture(source)
        case .repositories: return repositories(source)
        case .repositoryDirectory: return packageManagerFiles(source, from: text)
        case .hostRepositories:
            guard Scalars.boolean(text) == true else { return [] }
            let directory = "/etc/yum.repos.d"
            guard Files.isDirectory(directory) else {
                note(source, "\(shown(source)) finds nothing on this host: there is no \(directory)")
                return []
            }
            return packageManagerFiles(source, from: directory)
        case .format: return format(source)
        case .output: return output(source)
        case .compress, .xz: return compression(source, special)
        case .bootProtocols: return bootProtocols(source)
        case .verity:
            let isPlain = Scalars.boolean(text) == true
            return items((settingName(.verity), isPlain ? "hash" : text), source)
        case .splitArtifacts: return splitArtifacts(source)
        case .withoutKernelImages, .unifiedKernelImages: return kernelImages(source, special)
        case .baseImage:
            note(source, "\(shown(source)) is BaseTrees= and Overlay= today")
            return items((settingName(.baseTrees), text), (settingName(.overlay), text.isEmpty ? "" : "yes"), source)
        case .cache:
            note(source, "\(shown(source)) is PackageCacheDirectory= today")
            return items((settingName(.packageCacheDirectory), text), source)
        case .cacheDirectory:
            return items((settingName(.cacheDirectory), text), (settingName(.packageCacheDirectory), text), source)
        case .password: return password(source)
        case .isHashed:
            note(source, "\(shown(source)) is now the prefix hashed: of the value of RootPassword=")
            return []
        case .withNetwork:
            guard text == "never" else { return items((settingName(.withNetwork), text), source) }
            note(source, "\(shown(source))never is CacheOnly=always today")
            return items((settingName(.withNetwork), "no"), (settingName(.cacheOnly), "always"), source)
        case .withoutTests: return items((settingName(.withTests), opposite(text)), source)
        case .cacheOnly: return items((settingName(.cacheOnly), text == "none" ? "auto" : text), source)
        case .searchPaths:
            guard let row = registry.setting(.extraSearchPaths) else { return [] }
            return list(row, split(source, at: LegacyText.searchPath), source)
        case .headless, .graphical, .network, .compactDisc: return machine(source, special)
        case .encrypt: return try encryption(source)
        case .gitFiles: return gitFiles(source)
        }
    }

    func items(_ values: (name: String, text: String)..., source: Source) -> [LegacyItem] {
        values.compactMap { item($0.name, $0.text, source) }
    }

    func items(_ value: (String, String), _ source: Source) -> [LegacyItem] { items(value, source: source) }

    func items(_ first: (String, String), _ second: (String, String), _ source: Source) -> [LegacyItem] {
        items(first, second, source: source)
    }

    private func opposite(_ text: String) -> String {
        Scalars.boolean(text).map { $0 ? "no" : "yes" } ?? text
    }

    /// Translates the choice of files of a checkout, which once was written without the word for copying.
    private mutating func gitFiles(_ source: Source) -> [LegacyItem] {
        let name = settingName(.sourceFileTransfer)
        guard row(LegacyText.key(name)) != nil else { return [] }
        let text = source.entry.text
        let method = text.isEmpty ? "" : text == "all" ? "copy-all" : "copy-git-\(text)"
        note(source, "\(shown(source)) is \(name)=\(method) today")
        return items((name, method), source)
    }

    /// A word for the repositories of a distribution's sister project was part of the name once.
    private mutating func distribution(_ source: Source) -> [LegacyItem] {
        let parts = LegacyText.extraRepository(source.entry.text)
        guard let repository = parts.repository else { return items((settingName(.distribution), parts.name), source) }
        let today = "Distribution=\(parts.name) and Repositories=\(repository)"
        note(source, "\(shown(source))\(source.entry.text) is \(today) today")
        return items((settingName(.distribution), parts.name), (settingName(.repositories), repository), source)
    }

    private mutating func format(_ source: Source) -> [LegacyItem] {
        let text = source.entry.text
        let name = catalogue.formatEntry(text)?.description.name ?? text
        if name != text { note(source, "\(shown(source))\(text) is Format=\(name) today") }
        return items((settingName(.format), name), source)
    }

    private mutating func release(_ source: Source) -> [LegacyItem] {
        var text = source.entry.text
        if text.hasSuffix("-stream") {
            text.removeLast(7)
            note(source, "\(shown(source))\(source.entry.text) is Release=\(text) today")
        }
        return items((settingName(.release), text), source)
    }

    /// The first generations took the kernel's names of architectures.
    private mutating func architecture(_ source: Source) -> [LegacyItem] {
        let text = source.entry.text
        let name = Architecture.named(machine: text)
        if name != text { note(source, "\(shown(source))\(text) is Architecture=\(name) today") }
        return items((settingName(.architecture), name), source)
    }

    private mutating func repositories(_ source: Source) -> [LegacyItem] {
        guard let row = registry.setting(.repositories) else { return [] }
        let all = split(source, at: LegacyText.listSeparators)
        let names = all.filter { !$0.text.contains("://") }
        if names.count < all.count {
            note(
                source,
                "\(shown(source)) no longer accepts URLs, only names of the distribution's repositories",
                hint: "Put a package manager configuration file into mkosi.sandbox"
            )
            if names.isEmpty { return [] }
        }
        return list(row, names, source)
    }

    /// Directories of repository definitions are a tree for the build sandbox today.
    private mutating func packageManagerFiles(_ source: Source, from directory: String) -> [LegacyItem] {
        let target = "/etc/yum.repos.d"
        note(
            source,
            "\(shown(source)) is SandboxTrees= today",
            hint: "A package manager that does not read \(target) needs its files in another place"
        )
        let trees = LegacyText.split(directory, at: LegacyText.listSeparators).map { "\($0):\(target)" }
        return items((settingName(.sandboxTrees), trees.joined(separator: ",")), source)
    }

    private mutating func password(_ source: Source) -> [LegacyItem] {
        note(source, "\(shown(source)) is RootPassword= today")
        let text = source.entry.text
        // An empty password used to mean no password; today an empty assignment resets to the default.
        let isHashed = overview.passwordIsHashed || text.isEmpty
        return items((settingName(.rootPassword), isHashed ? "hashed:\(text)" : text), source)
    }

    private mutating func machine(_ source: Source, _ special: LegacyAction.Special) -> [LegacyItem] {
        let isOn = Scalars.boolean(source.entry.text) == true
        switch special {
        case .headless:
            note(source, "\(shown(source)) is Console= today")
            return items((settingName(.console), isOn ? "interactive" : "gui"), source)
        case .graphical:
            note(source, "\(shown(source)) is Console=gui today")
            return isOn ? items((settingName(.console), "gui"), source) : []
        case .network:
            note(
                source,
                "\(shown(source)) is RuntimeNetwork=interface today",
                hint: "The image must contain its own network configuration"
            )
            return isOn ? items((settingName(.runtimeNetwork), "interface"), source) : []
        case .compactDisc:
            note(source, "\(shown(source)) is DiskType=scsi-cd today")
            return isOn ? items((settingName(.diskType), "scsi-cd"), source) : []
        default: return []
        }
    }

    /// An image that was to be encrypted is never made without.
    private func encryption(_ source: Source) throws(Failure) -> [LegacyItem] {
        let text = source.entry.text
        guard !text.isEmpty, Scalars.boolean(text) != false else { return [] }
        guard registry.setting(.encrypt) != nil else {
            let message = "\(shown(source)) cannot be ignored: the image would not be encrypted"
            let hint = "Set Encrypt= in the partition definitions of mkosi.repart"
            guard let file = source.file else { throw Failure(.usage, message, hint: hint) }
            throw file.failure(
                message,
                at: source.entry.position,
                length: source.entry.name.utf8.count,
                hint: hint
            )
        }
        return items((settingName(.encrypt), text), source)
    }
}

extension LegacyText {
    /// The name of a distribution without the suffix for an extra repository.
    static func extraRepository(_ name: String) -> (name: String, repository: String?) {
        let ending = "_epel"
        guard name.hasSuffix(ending) else { return (name, nil) }
        return (String(name.dropLast(ending.count)), String(ending.dropFirst()))
    }
}
