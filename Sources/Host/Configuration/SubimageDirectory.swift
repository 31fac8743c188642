import ByteKeys
import Support
import System

/// The images in `mkosi.images/`: directories, and files whose names end in `.conf`.
struct SubimageDirectory {
    static let name = "mkosi.images"

    /// The directory that holds the directory.
    let project: String
    /// In order of their bytes, or of the numbers that older generations put in front.
    let names: [String]
    let warnings: [Warning]
    /// The images that a number in front of the name put before another one.
    private let earlier: ByteDictionary<[String]>
    private let paths: ByteDictionary<String>
    private let directory: String

    /// Looks for images; there are none without a project or a directory.
    init(project: String?, cache: FileCache) throws(Failure) {
        self.project = project ?? "/"
        let old = LegacyImages(in: self.project)
        directory = Paths.join(self.project, old?.isRead == true ? LegacyImages.directoryName : Self.name)
        warnings = [project == nil ? nil : old?.warning].compactMap { $0 }
        let isOld = old?.isRead == true
        var paths: ByteDictionary<String> = [:]
        var names: [String] = []
        var earlier: ByteDictionary<[String]> = [:]
        for entry in try project == nil ? [] : cache.names(in: directory) where !entry.hasPrefix(".") {
            let path = Paths.join(directory, entry)
            let isDirectory = Files.isDirectory(path)
            guard isDirectory || entry.hasSuffix(".conf") else { continue }
            let whole = isDirectory ? entry : String(entry.dropLast(5))
            let name = isOld ? LegacyImages.image(named: whole) : whole
            if let flaw = FileName.flaw(of: name) {
                throw Failure(.configuration, "\(path): the name of this image, \"\(name)\", \(flaw)")
            }
            if name == ImageConfiguration.mainName {
                throw Failure(
                    .configuration,
                    "\(path): an image in \(Paths.name(directory)) cannot be called \"\(name)\"",
                    hint: "The project's own image has this name"
                )
            }
            if let other = paths[name] {
                throw Failure(
                    .configuration,
                    "There are two configurations of the image \"\(name)\": \(other) and \(path)"
                )
            }
            paths[name] = path
            if !name.hasSameBytes(as: whole) { earlier[name] = names }
            names.append(name)
        }
        self.paths = paths
        self.earlier = earlier
        self.names = isOld ? names : names.sortedByBytes()
    }

    func path(of name: String) -> String? { paths[name] }

    /// The images before an image of an older generation that does not say by itself what it needs.
    func implied(for image: ImageConfiguration) -> [String] {
        image[.dependencies].isEmpty ? earlier[image.name] ?? [] : []
    }

    /// The images that an image depends on; each has to exist.
    func dependencies(of image: ImageConfiguration) throws(Failure) -> [String] {
        let wanted = image[.dependencies]
        guard let unknown = wanted.first(where: { paths[$0] == nil }) else { return wanted }
        let near = Suggestion.nearest(to: unknown, in: names).map { "Did you mean \"\($0)\"?" }
        let known = names.isEmpty ? "There are no images in it" : "Images: \(names.joined(separator: ", "))"
        throw Failure(
            .configuration,
            "\(image.originOfDependency(unknown)): Dependencies= names \"\(unknown)\", but there is no such image in "
                + directory,
            hint: near ?? known
        )
    }

    /// Returns the failure for an image that is needed although its conditions fail.
    func doesNotCount(
        _ name: String,
        _ main: ImageConfiguration,
        _ images: ByteDictionary<ImageConfiguration>
    ) -> Failure {
        let all = [main] + images.sorted().map(\.value)
        let needing = all.first { $0[.dependencies].containsBytes(of: name) } ?? main
        return Failure(
            .configuration,
            "\(needing.originOfDependency(name)): Dependencies= names \"\(name)\", an image whose conditions do not hold",
            hint: "See [Match] in \(paths[name] ?? directory), or put Dependencies= behind the same conditions"
        )
    }
}

extension ImageConfiguration {
    /// Returns the place at which the image says that it depends on another one.
    fileprivate func originOfDependency(_ name: String) -> Origin {
        let assignment = assignments(to: .dependencies).last { assignment in
            if case .append(.list(let names)) = assignment.change { names.containsBytes(of: name) } else { false }
        }
        return assignment?.origin ?? .standard
    }
}
