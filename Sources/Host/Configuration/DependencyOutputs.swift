import ByteKeys
import Support
import System

/// Finds outputs of other images that an image names by relative paths: `BaseTrees=base`.
///
/// A relative path is first of all one below the directory of the configuration. Where nothing is there, and an image
/// that is built before has an output of this name, the path refers to that output.
struct DependencyOutputs {
    private static let bases = settingName(.baseTrees)
    /// The settings whose paths may be those of outputs.
    private static let settings = [bases, settingName(.extraTrees), settingName(.initrds)]

    private let images: ByteDictionary<ImageConfiguration>

    init(_ images: [ImageConfiguration]) {
        var byName: ByteDictionary<ImageConfiguration> = [:]
        for image in images { byName[image.name] = image }
        self.images = byName
    }

    /// The image with missing paths replaced by outputs of its dependencies.
    ///
    /// This includes indirect dependencies.
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

    /// The other images whose outputs the image names, so that it has to wait for them.
    ///
    /// It may name them by the directory of the outputs, and its base also by a relative path where nothing is. Whether an output of an
    /// earlier build is there makes no difference: else the second build would have another order than the first.
    func named(by image: ImageConfiguration) -> [String] {
        func paths(_ names: [String]) -> [String] {
            names.flatMap { name -> [String] in
                switch image.value(named: name) {
                case .list(let paths): paths
                case .trees(let trees): trees.map(\.source)
                default: []
                }
            }
        }
        let bases = paths([Self.bases])
        let paths = paths(Self.settings)
        if paths.isEmpty { return [] }
        let places = Self.places(of: image)
        let others = images.values.filter { other in
            if other.name.hasSameBytes(as: image.name) { return false }
            let outputs = OutputReferences(other)
            return paths.contains(where: outputs.leads) || bases.contains { output($0, [other], places) != nil }
        }
        return others.map(\.name).sortedByBytes()
    }

    /// The images with these names, and all that they depend on.
    private func closure(_ names: [String]) -> [ImageConfiguration] {
        var found: [ImageConfiguration] = []
        var seen: ByteSet = []
        var rest = names
        while let name = rest.popLast() {
            guard seen.insert(name).inserted, let image = images[name] else { continue }
            found.append(image)
            rest += image[.dependencies]
        }
        return found.sorted { $0.name.utf8.lexicographicallyPrecedes($1.name.utf8) }
    }

    /// The directories that relative paths of an image's configuration can start from.
    private static func places(of image: ImageConfiguration) -> ByteSet {
        var places: ByteSet = [image.directory]
        for file in image.files {
            guard let directory = Paths.parent(file) else { continue }
            places.insert(directory)
            // Paths of drop-in files start from the directory above their own.
            if let parent = Paths.parent(directory) { places.insert(parent) }
        }
        return places.union(places.compactMap { Paths.resolved($0) })
    }

    /// A Boolean value indicating whether a directory is named like that of an image's outputs, next to a place:
    /// `../mkosi.output`, written as seen from another directory of the configuration.
    private static func isOutputDirectory(
        _ directory: String,
        of image: ImageConfiguration,
        _ places: ByteSet
    ) -> Bool {
        guard let parent = Paths.parent(directory) else { return false }
        return Paths.name(directory).hasSameBytes(as: Paths.name(image.outputDirectory))
            && places.contains { Paths.parent($0)?.hasSameBytes(as: parent) == true }
    }

    private func output(_ path: String, _ images: [ImageConfiguration], _ places: ByteSet) -> String? {
        guard Paths.isAbsolute(path), let directory = Paths.parent(path), !Files.exists(path) else { return nil }
        let name = Paths.name(path)
        let image = images.first { image in
            guard places.contains(directory) || Self.isOutputDirectory(directory, of: image, places) else {
                return false
            }
            let output = image[.output]
            return name.hasSameBytes(as: output) || name.hasSameBytes(as: image.outputFileName)
                || name.utf8.starts(with: "\(output).".utf8)
        }
        return image.map { Paths.join($0.outputDirectory, name) }
    }
}
