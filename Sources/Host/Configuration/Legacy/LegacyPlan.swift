import ByteKeys
import Support
import System

/// The files of today for a project of the first generations.
struct LegacyPlan {
    private let project: LegacyProject
    /// In the order of reading; those of profiles have their conditions.
    private var files: [LegacyTranslation.File]
    private(set) var warnings: [Warning]
    private var hashesPassword = false

    init(_ project: LegacyProject, registry: Registry, catalogue: PluginFacts) throws(Failure) {
        self.project = project
        if project.files.isEmpty {
            let translation = try LegacyTranslation(project, registry: registry, catalogue: catalogue)
            files = translation.files
            warnings = translation.notes.map(\.warning)
        } else {
            let variants = try Self.variants(project, registry, catalogue)
            files = Self.merged(variants, project)
            warnings = []
            for note in variants.flatMap(\.translation.notes) where !warnings.contains(note.warning) {
                warnings.append(note.warning)
            }
        }
        files[0].trailingComments = files[0].trailingComments.filter { !$0.isEmpty }
        hashesPassword = files.contains { $0.items.contains { $0.isImplied } }
    }

    /// The project as each of its main files makes it: `mkosi.default`, and every file of `mkosi.files/`.
    private struct Variant {
        var name: String?
        var translation: LegacyTranslation
    }

    private static func variants(
        _ project: LegacyProject,
        _ registry: Registry,
        _ catalogue: PluginFacts
    ) throws(Failure) -> [Variant] {
        var standard = project
        if project.profile != nil {
            let path = Paths.join(project.directory, LegacyProject.mainName)
            standard.main = Files.exists(path) ? path : nil
        }
        var variants = [
            Variant(translation: try LegacyTranslation(standard, registry: registry, catalogue: catalogue))
        ]
        for (name, path) in project.files {
            var one = project
            one.main = path
            let translation = try LegacyTranslation(one, registry: registry, catalogue: catalogue)
            variants.append(Variant(name: name, translation: translation))
        }
        return variants
    }

    /// One set of files for all variants: each is a profile, and `mkosi.default` is used if there is none.
    private static func merged(_ variants: [Variant], _ project: LegacyProject) -> [LegacyTranslation.File] {
        let names = variants.compactMap(\.name)
        func conditions(_ variant: Variant) -> [LegacyTranslation.Condition] {
            let texts = variant.name.map { [$0] } ?? names.map { "!\($0)" }
            return texts.map { LegacyTranslation.Condition(name: settingName(.profiles), text: $0) }
        }
        var dropIns: [LegacyTranslation.File] = []
        var profiles: [LegacyTranslation.File] = []
        let hasDropIns = !project.dropIns.isEmpty
        for variant in variants {
            var main = variant.translation.files[0]
            if let name = variant.name {
                let target = "mkosi.profiles/\(name).conf"
                guard hasDropIns else {
                    main.target = target
                    profiles.append(main)
                    continue
                }
                // Drop-ins are read after the main file, but before profiles.
                let comment = "# The settings of this profile are in mkosi.conf.d, before those that override them."
                profiles.append(LegacyTranslation.File(target: target, items: [], trailingComments: [comment]))
            }
            main.conditions = conditions(variant) + main.conditions
            main.target = variant.name ?? "default"
            dropIns.append(main)
        }
        let lists = variants.map { Array($0.translation.files.dropFirst()) }
        let areEqual = lists.allSatisfy { $0.map(\.text) == lists[0].map(\.text) }
        for (variant, list) in zip(variants, lists).prefix(areEqual ? 1 : variants.count) {
            for var file in list {
                file.target = Paths.name(file.target)
                if file.target.hasSuffix(".conf") { file.target.removeLast(5) }
                if !areEqual {
                    file.conditions = conditions(variant) + file.conditions
                    file.target += variant.name.map { "-\($0)" } ?? ""
                }
                dropIns.append(file)
            }
        }
        let numbered = LegacyTranslation.numbered(dropIns.map(\.target))
        for index in dropIns.indices { dropIns[index].target = "mkosi.conf.d/\(numbered[index]).conf" }
        let comment = "# Each profile is an image: mkosi --profile NAME builds one, and mkosi --all builds all of them."
        let main = LegacyTranslation.File(target: "mkosi.conf", items: [], trailingComments: [comment])
        return [main] + dropIns + profiles
    }

    /// The files that come and go.
    func changes() throws(Failure) -> [Migration.Change] {
        var changes: [Migration.Change] = []
        var used: ByteSet = []
        for file in files {
            var change = Migration.Change(old: nil, new: file.target, oldText: "", newText: file.text)
            // A file that applies in several ways is replaced by several.
            if let source = file.source, used.insert(source.path).inserted {
                change.old = relative(source.path)
                change.oldText = source.lines.joined(separator: "\n")
            }
            changes.append(change)
        }
        if hashesPassword, let hash = project.passwordHash {
            let name = LegacyProject.passwordName
            changes.append(
                Migration.Change(old: name, new: name, oldText: hash, newText: "hashed:\(hash)\n", isSecret: true)
            )
        }
        return changes
    }

    private func relative(_ path: String) -> String {
        let prefix = "\(project.directory)/"
        return path.hasPrefix(prefix) ? String(path.dropFirst(prefix.utf8.count)) : path
    }
}
