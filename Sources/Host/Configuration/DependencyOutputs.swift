import Support

/// Finds outputs of other images that an image names by relative paths: `BaseTrees=base`.
///
/// A relative path is first of all one below the directory of the configuration. Where nothing is there, and an image
/// that is built before makes an output of this name, that output is meant.
struct DependencyOutputs {
    /// The settings whose paths may be those of outputs.
    private static let settings = ["BaseTrees", "ExtraTrees", "Initrds"]

    private let images: [String: ImageConfiguration]

    init(_ images: [ImageConfiguration]) {
        var byName: [String: ImageConfiguration] = [:]
        for image in images { byName[image.name] = image }
        self.images = byName
    }

    /// The image with the outputs of its dependencies in the place of paths where nothing is.
    ///
    /// What the images depend on that it depends on counts too.
    func resolve(_ image: ImageConfiguration, dependencies: [String]) -> ImageConfiguration {
        let needed = closure(dependencies)
        guard !needed.isEmpty else { return image }
        let places = Self.places(of: image)
        var image = image
        for name in Self.settings {
            guard let row = image.registry.setting(named: name) else { continue }
            switch image.value(named: name) {
            case .list(let paths): image.set(row, .list(paths.map { output($0, needed, places) ?? $0 }))
            case .trees(let trees):
                let found = trees.map { tree in
                    Tree(source: output(tree.source, needed, places) ?? tree.source, target: tree.target)
                }
                image.set(row, .trees(found))
            default: break
            }
        }
        return image
    }

    /// The other images whose outputs the image names by the directory of the outputs, so that it has to wait for them.
    ///
    /// Whether an output of an earlier build is there makes no difference: else the second build would have another
    /// order than the first.
    func named(by image: ImageConfiguration) -> [String] {
        let paths = Self.settings.flatMap { name -> [String] in
            switch image.value(named: name) {
            case .list(let paths): paths
            case .trees(let trees): trees.map(\.source)
            default: []
            }
        }
        let others = images.values.filter { other in
            let outputs = OutputReferences(other)
            return other.name != image.name && paths.contains(where: outputs.leads)
        }
        return others.map(\.name).sorted()
    }

    /// The images with these names, and all that they depend on.
    private func closure(_ names: [String]) -> [ImageConfiguration] {
        var found: [ImageConfiguration] = []
        var seen: Set<String> = []
        var rest = names
        while let name = rest.popLast() {
            guard seen.insert(name).inserted, let image = images[name] else { continue }
            found.append(image)
            rest += image[.dependencies]
        }
        return found.sorted { $0.name.utf8.lexicographicallyPrecedes($1.name.utf8) }
    }

    /// The directories that relative paths of an image's configuration can start from.
    private static func places(of image: ImageConfiguration) -> Set<String> {
        var places: Set<String> = [image.directory]
        for file in image.files {
            guard let directory = Paths.parent(file) else { continue }
            places.insert(directory)
            // Paths of drop-in files start from the directory above their own.
            if let parent = Paths.parent(directory) { places.insert(parent) }
        }
        return places.union(places.compactMap { Paths.resolved($0) })
    }

    private func output(_ path: String, _ images: [ImageConfiguration], _ places: Set<String>) -> String? {
        guard path.hasPrefix("/"), let directory = Paths.parent(path), places.contains(directory), !Files.exists(path)
        else { return nil }
        let name = Paths.name(path)
        let image = images.first { image in
            let output = image[.output]
            return name == output || name == image.outputFileName || name.hasPrefix("\(output).")
        }
        return image.map { Paths.join($0.outputDirectory, name) }
    }
}
