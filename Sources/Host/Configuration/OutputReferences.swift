import ByteKeys
import Support
import System

/// Recognises paths that lead to what an image makes.
public struct OutputReferences: Sendable {
    private let directory: String
    private let name: String
    private let fileName: String

    /// Settings that say what is read from directories, so that the directory of the outputs means all of them.
    ///
    /// `BuildSources=` is none of them: the directory of the project often contains the outputs, but does not refer to
    /// them.
    private static let directorySettings: Set<String> = [
        settingName(.baseTrees), settingName(.skeletonTrees), settingName(.extraTrees), settingName(.sandboxTrees),
        settingName(.packageDirectories), settingName(.volatilePackageDirectories),
    ]

    public init(_ image: ImageConfiguration) {
        directory = image.outputDirectory
        name = image[.output]
        fileName = image.outputFileName
    }

    /// Returns true if a setting of an image, one of these left out, names an output.
    func occur(in image: ImageConfiguration, except excluded: Set<String> = []) -> Bool {
        image.registry.settings.contains { row in
            guard !excluded.contains(row.name) else { return false }
            let meansDirectories = Self.directorySettings.contains(row.name)
            return Self.paths(in: image.value(named: row.name)).contains { path in
                leads(path) || meansDirectories && Paths.absolute(path) == directory
            }
        }
    }

    /// The absolute paths in the value of a setting.
    public static func paths(in value: Value) -> [String] {
        let texts: [String] =
            switch value {
            case .text(let text): [text]
            case .list(let texts): texts
            case .trees(let trees): trees.map(\.source)
            default: []
            }
        return texts.filter(Paths.isAbsolute)
    }

    /// Returns true if a path is that of an output, or of something in it.
    public func leads(_ path: String) -> Bool {
        guard Paths.isBelow(path, directory) else { return false }
        let rest = String(path.utf8.dropFirst(directory.utf8.count)) ?? ""
        guard let first = Paths.components(rest).first else { return false }
        return first.hasSameBytes(as: name) || first.hasSameBytes(as: fileName)
            || first.utf8.starts(with: "\(name).".utf8)
    }
}
