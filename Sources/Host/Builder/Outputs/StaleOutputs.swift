import ByteKeys
public import Configuration
import Glibc
public import PluginHost
import PluginWire
import Support
import System

/// The outputs of earlier builds at the places that this one writes to, whatever format and compression they had.
public enum StaleOutputs {
    private static let compressions = ["", ".zst", ".xz", ".gz", ".bz2", ".lz4", ".lzma"]
    private static let companions = [".manifest", ".changelog", ".SHA256SUMS", ".SHA256SUMS.gpg", ".nspawn"]

    /// The paths of outputs that are there, of every format that a plugin knows.
    private static func paths(of image: ImageConfiguration, _ catalogue: PluginCatalogue) -> [String] {
        let name = image[.output]
        let formats = catalogue.plugins.flatMap { $0.manifest.provides.formats ?? [] }
        var suffixes = ByteSet(formats.compactMap(\.fileExtension).filter { !$0.isEmpty })
        if let own = image[.outputExtension], !own.isEmpty { suffixes.insert(".\(own)") }
        let outputs = suffixes.flatMap { suffix in compressions.map { "\(name)\(suffix)\($0)" } }
        let all = [name, image.outputFileName] + outputs + companions.map { name + $0 }
        // Only what is the name of a file is ever removed.
        let names = Set(all.compactMap { FileName($0) }).sorted()
        return names.map { $0.path(in: image.outputDirectory) }.filter { path in
            guard let kind = Files.kind(of: path) else { return false }
            if image.outputDirectory != image.directory { return true }
            // Among the project's own files a directory, or a name without extension, may not be an output; what was
            // made here has just been replaced.
            return kind != S_IFDIR
                && (!path.hasSameBytes(as: Paths.join(image.outputDirectory, name)) || OutputLink.exists(at: path))
        }
    }

    /// Everything that builds of the image may have left: the given outputs, and those of other formats.
    ///
    /// In a directory of the user or the system only what mkosi made is among it; `keep` gets the rest.
    public static func removable(
        _ outputs: [String],
        of image: ImageConfiguration,
        _ catalogue: PluginCatalogue,
        variables: [String: String],
        keep: ([String]) -> Void
    ) -> [String] {
        let all = ByteSet(outputs + paths(of: image, catalogue)).sorted()
        return ForeignDirectory.removable(all, in: ForeignDirectory(ofOutputs: image, variables), keep: keep)
    }

    /// Removes files of earlier builds next to the outputs of this one.
    static func remove(
        of image: ImageConfiguration,
        keeping outputs: [String],
        _ catalogue: PluginCatalogue,
        installation: Installation,
        variables: [String: String]
    ) throws(Failure) {
        // The name without extension leads to the new output.
        let kept = ByteSet(outputs + [Paths.join(image.outputDirectory, image[.output])])
        let foreign = ForeignDirectory(ofOutputs: image, variables)
        let paths = ForeignDirectory.removable(paths(of: image, catalogue), in: foreign)
        for path in paths where !kept.contains(path) {
            try TreeDisposal.remove(path, installation: installation)
            try foreign?.forget([Paths.name(path)])
        }
    }
}
