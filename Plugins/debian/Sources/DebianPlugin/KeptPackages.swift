import Crypto
import DistributionKit
import PluginKit
import PluginWire
import System

/// A repository of the packages that a lock file keeps, which apt prefers to all others.
///
/// The mirror need not have them any more, so apt learns from the files themselves what they are and what they need.
struct KeptPackages {
    /// The directory in which packages are offered, with one for each digest, so that no two files of a name meet.
    let directory: String
    private let packages: [ABI.V1.Package]

    private static let label = "mkosi-kept"

    /// Writes the repository, and with it the main files of apt's configuration, which name it.
    ///
    /// Where the choice is `closed`, apt sees no repository other than that of the user's own packages.
    init?(_ packages: [ABI.V1.Package], _ context: ABI.V1.Context, closed: Bool = false, host: Host) throws {
        if packages.isEmpty, !closed { return nil }
        self.packages = packages
        let own = try ConfinedDirectory(context.workspace, "kept-packages")
        directory = own.path
        let files = try PackageFile.find(packages.map { $0.path ?? "" })
        var stanzas: [String] = []
        for (index, file) in files.enumerated() {
            try host.checkCancelled()
            let package = packages[index]
            var stanza = try BinaryPackage(index: index, file: file).control
            stanza.fields += [
                Stanza.Field(name: "Filename", value: "\(package.sha256)/\(package.fileName)"),
                Stanza.Field(name: "Size", value: "\(package.size)"),
                Stanza.Field(name: "SHA256", value: package.sha256),
            ]
            stanzas.append(stanza.text)
        }
        let index = Array(stanzas.joined(separator: "\n").utf8)
        try own.write("Packages", index)
        let release = """
            Origin: mkosi
            Label: \(Self.label)
            Date: Thu, 01 Jan 1970 00:00:00 UTC
            SHA256:
             \(try Digest.of(index)) \(index.count) Packages

            """
        try own.write("Release", Array(release.utf8))
        try writeConfiguration(context, closed: closed, in: own)
    }

    /// apt reads one main file each, so what the user has there comes along.
    private func writeConfiguration(
        _ context: ABI.V1.Context,
        closed: Bool,
        in own: ConfinedDirectory
    ) throws(ErrorObject) {
        let configuration = context.configuration ?? ""
        var sources = SystemFile.text("\(configuration)/etc/apt/sources.list") ?? ""
        if closed { sources = context.localRepository.map { "deb [trusted=yes] file:\($0) ./\n" } ?? "" }
        let text = "deb [trusted=yes] file:\(directory) ./\n\(sources)"
        try own.write("sources.list", Array(text.utf8))
        let preferences = SystemFile.text("\(configuration)/etc/apt/preferences") ?? ""
        let pin = "Package: *\nPin: release l=\(Self.label)\nPin-Priority: 1001\n\n\(preferences)"
        try own.write("preferences", Array(pin.utf8))
    }

    /// Options by which apt reads those files.
    static func aptSettings(_ directory: String) -> [String] {
        ["Dir::Etc::sourcelist=\(directory)/sources.list", "Dir::Etc::preferences=\(directory)/preferences"]
    }

    /// The package with the places that the lock file has for it, for the directory is gone with this build.
    func placed(_ package: ABI.V1.Package) -> ABI.V1.Package {
        guard let kept = packages.first(where: { $0.sha256 == package.sha256 }) else { return package }
        var package = package
        let further = package.urls.filter { !$0.hasPrefix("file:\(directory)/") && !kept.urls.contains($0) }
        package.urls = kept.urls + further
        package.fileName = kept.fileName
        return package
    }
}
