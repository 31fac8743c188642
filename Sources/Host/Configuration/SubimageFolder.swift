import Support

/// The images in `mkosi.images/`: directories, and files whose names end in `.conf`.
struct SubimageFolder {
    /// The directory that holds the folder.
    let project: String
    /// In order of their bytes.
    let names: [String]
    private let paths: [String: String]
    private let folder: String

    /// Looks for images; there are none without a project or a folder.
    init(project: String?, cache: FileCache) throws(Failure) {
        self.project = project ?? "/"
        folder = Paths.join(self.project, "mkosi.images")
        var paths: [String: String] = [:]
        for entry in try project == nil ? [] : cache.names(in: folder) where !entry.hasPrefix(".") {
            let path = Paths.join(folder, entry)
            let isDirectory = Files.isDirectory(path)
            guard isDirectory || entry.hasSuffix(".conf") else { continue }
            let name = isDirectory ? entry : String(entry.dropLast(5))
            if name == ImageConfiguration.mainName {
                throw Failure(
                    .configuration,
                    "\(path): an image in mkosi.images cannot be called \"\(name)\"",
                    hint: "The image of the project itself has this name"
                )
            }
            if let other = paths[name] {
                throw Failure(
                    .configuration,
                    "There are two configurations of the image \"\(name)\": \(other) and \(path)"
                )
            }
            paths[name] = path
        }
        self.paths = paths
        names = paths.keys.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
    }

    func path(of name: String) -> String? { paths[name] }

    /// The images that an image depends on; each has to exist.
    func dependencies(of image: ImageConfiguration) throws(Failure) -> [String] {
        let wanted = image[Setting<[String]>("Dependencies")]
        guard let unknown = wanted.first(where: { paths[$0] == nil }) else { return wanted }
        let near = Suggestion.nearest(to: unknown, in: names).map { "Did you mean \"\($0)\"?" }
        let known = names.isEmpty ? "There are no images there" : "Images: \(names.joined(separator: ", "))"
        throw Failure(
            .configuration,
            "\(image.originOfDependency(unknown)): Dependencies= names \"\(unknown)\", but there is no such image in "
                + folder,
            hint: near ?? known
        )
    }

    /// What is wrong when an image is needed whose conditions fail.
    func doesNotCount(
        _ name: String,
        _ main: ImageConfiguration,
        _ images: [String: ImageConfiguration]
    ) -> Failure {
        let all = [main] + images.values.sorted { $0.name < $1.name }
        let needing = all.first { $0[Setting<[String]>("Dependencies")].contains(name) } ?? main
        return Failure(
            .configuration,
            "\(needing.originOfDependency(name)): Dependencies= names \"\(name)\", an image whose conditions do not hold",
            hint: "See [Match] in \(paths[name] ?? folder), or put Dependencies= behind the same conditions"
        )
    }
}

extension ImageConfiguration {
    /// Where the image says that it depends on another one.
    fileprivate func originOfDependency(_ name: String) -> Origin {
        let assignment = assignments(to: "Dependencies").last { assignment in
            if case .append(.list(let names)) = assignment.change { names.contains(name) } else { false }
        }
        return assignment?.origin ?? .standard
    }
}
