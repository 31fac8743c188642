import Support

/// Which images of a project have to be done before another one can begin, and which before it is put together.
///
/// An image waits for those in its `Dependencies=` and for those whose outputs its settings name; the main image waits
/// for all others. Only the default initrd is not needed before an image is put together, unless the image reads it.
public struct ImageSchedule: Sendable, Equatable {
    /// What one image waits for, as places in the order of building.
    public struct Needs: Sendable, Equatable {
        /// Images that are done before this one begins.
        public var start: Set<Int>
        /// Further images that are done before its outputs are made.
        public var assembly: Set<Int>

        public init(start: Set<Int> = [], assembly: Set<Int> = []) {
            self.start = start
            self.assembly = assembly
        }
    }

    /// For every image, in the order of building.
    public let needs: [Needs]

    public init(needs: [Needs]) {
        self.needs = needs
    }

    /// Images that depend on others stand behind these, as in `LoadedConfiguration`.
    public init(_ images: [ImageConfiguration]) {
        needs = images.indices.map { index in
            let image = images[index]
            let dependencies = Set(image[Setting<[String]>("Dependencies")])
            var needs = Needs()
            for other in 0..<index {
                let name = images[other].name
                if OutputReferences(images[other]).occur(in: image) {
                    needs.start.insert(other)
                } else if name == ImageConfiguration.initrdName, image.wantsDefaultInitrd {
                    needs.assembly.insert(other)
                } else if image.name == ImageConfiguration.mainName || dependencies.contains(name) {
                    needs.start.insert(other)
                }
            }
            return needs
        }
    }
}

/// Recognises paths that lead to what an image makes.
private struct OutputReferences {
    private let directory: String
    private let name: String
    private let fileName: String

    /// Settings that say what is read from folders, so that the folder of the outputs means all of them.
    ///
    /// `BuildSources=` is none of them: the folder of the project often has the outputs, and nobody means those.
    private static let folderSettings: Set<String> = [
        "BaseTrees", "SkeletonTrees", "ExtraTrees", "SandboxTrees", "PackageDirectories", "VolatilePackageDirectories",
    ]

    init(_ image: ImageConfiguration) {
        directory = image.outputDirectory
        name = image[.output]
        fileName = image.outputFileName
    }

    func occur(in image: ImageConfiguration) -> Bool {
        image.registry.settings.contains { row in
            let meansFolders = Self.folderSettings.contains(row.name)
            return Self.paths(in: image.value(named: row.name)).contains { path in
                leads(path) || meansFolders && Paths.absolute(path) == directory
            }
        }
    }

    private static func paths(in value: Value) -> [String] {
        let texts: [String] =
            switch value {
            case .text(let text): [text]
            case .list(let texts): texts
            case .trees(let trees): trees.map(\.source)
            default: []
            }
        return texts.filter { $0.hasPrefix("/") }
    }

    /// Whether a path is that of an output, or of something in it.
    private func leads(_ path: String) -> Bool {
        guard path.hasPrefix(directory + "/") else { return false }
        guard let first = path.dropFirst(directory.utf8.count).split(separator: "/").first else { return false }
        return first == name || first == fileName || first.hasPrefix("\(name).")
    }
}
