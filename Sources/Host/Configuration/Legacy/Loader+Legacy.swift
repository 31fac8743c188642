import Support
import System

extension Loader {
    /// Reads a project of the first generations as what it means today; false when it is none.
    mutating func readLegacy(_ place: Place) throws(Failure) -> Bool {
        guard let project = try LegacyProject(legacy, directory: place.directory) else {
            warnOfUnread(place)
            return false
        }
        let translation = try LegacyTranslation(project, registry: registry, catalogue: resolver.catalogue)
        var warning = Warning(
            message: "\(project.main ?? project.directory) was written for an older mkosi",
            excerpt: []
        )
        warning.hint = "mkosi migrate shows today's form, and mkosi migrate --write rewrites it"
        warnings.append(warning)
        warnings += translation.notes.map(\.warning)
        try readLocal(place)
        if let profile = translation.profile { assign(profile: profile, place) }
        try readDefaultPaths(place)
        for part in translation.files {
            if let source = part.source {
                files.append(
                    LoadedFile(
                        image: resolver.imageName,
                        path: source.path,
                        text: source.lines.joined(separator: "\n")
                    )
                )
            }
            let file = part.file
            guard try applies(file, place) else { continue }
            try apply(file, place)
        }
        return true
    }

    private mutating func assign(profile: String, _ place: Place) {
        guard let row = registry.setting(.profiles) else { return }
        let assignment = Assignment(
            origin: .option("--default"),
            text: profile,
            change: .append(.list([profile]))
        )
        resolver.store.add(assignment, to: registry.slot(of: row), in: .commandLine)
    }

    /// Files of the first generations next to those of today are not read; a warning says so.
    private mutating func warnOfUnread(_ place: Place) {
        for name in [LegacyProject.mainName, LegacyProject.dropInsName] {
            let path = Paths.join(place.directory, name)
            guard Files.exists(path) else { continue }
            let target = Paths.resolved(path)
            if target == Paths.resolved(Paths.join(place.directory, "mkosi.conf")) { continue }
            if target == Paths.resolved(Paths.join(place.directory, "mkosi.conf.d")) { continue }
            warnings.append(Warning(message: "\(path) is ignored, because there is a mkosi.conf", excerpt: []))
        }
    }
}
