import Crypto
import DistributionKit
public import PluginKit
public import PluginWire
import System

extension DebianPlugin {
    /// Writes the index of a directory of packages.
    public func makeRepository(_ request: ABI.V1.MakeRepository, host: Host) throws {
        let directory = request.directory
        let files = SystemFile.names(in: directory).filter { $0.hasSuffix(".deb") }
        let paths = try PackageFile.find(files.map { "\(directory)/\($0)" })
        var stanzas: [String] = []
        for (index, file) in paths.enumerated() {
            try host.checkCancelled()
            var stanza = try BinaryPackage(index: index, file: file).control
            stanza.fields += [
                Stanza.Field(name: "Filename", value: files[index]),
                Stanza.Field(name: "Size", value: "\(file.size)"),
                Stanza.Field(name: "SHA256", value: try Digest.ofFile(file.path)),
            ]
            stanzas.append(stanza.text)
        }
        let index = Array(stanzas.joined(separator: "\n").utf8)
        let own = try ConfinedDirectory(directory, "")
        try own.write("Packages", index)
        let release = """
            Origin: mkosi
            Label: \(Self.localLabel)
            Date: Thu, 01 Jan 1970 00:00:00 UTC
            SHA256:
             \(try Digest.of(index)) \(index.count) Packages

            """
        try own.write("Release", Array(release.utf8))
    }
}
