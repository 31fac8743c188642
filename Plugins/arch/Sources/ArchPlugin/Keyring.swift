import DistributionKit
import PluginWire

/// The key files of a distribution, copied to where the tools in the sandbox find them.
struct Keyring {
    /// Their directory in the sandbox.
    static let directory = "/etc/pacman.d/keyrings"

    var files: [ABI.V1.File] = []

    /// A keyring has up to three files (pacman-key(8)): the keys, the fingerprints that are trusted, and those that are
    /// not any more.
    private static let endings = [".gpg", "-trusted", "-revoked"]
    /// The directory that packages put them into.
    static let usual = "/usr/share/pacman/keyrings"

    /// True for the name of a file that belongs to a keyring.
    static func isPart(_ name: String) -> Bool { endings.contains(where: name.hasSuffix) && !name.hasPrefix(".") }

    /// Looks into the user's sandbox tree, then at what the manifest names, which may be directories or files of keys.
    static func find(
        _ context: ABI.V1.Context,
        exists: (String) -> Bool = SystemFile.exists,
        isDirectory: (String) -> Bool = SystemFile.isDirectory,
        names: (String) -> [String] = SystemFile.names
    ) throws(ErrorObject) -> Keyring {
        let own = context.sandboxTree.map { [$0 + usual] } ?? []
        for place in own + (context.keyrings ?? []) where exists(place) {
            var keyring = Keyring()
            if isDirectory(place) {
                let keys = names(place).filter { $0.hasSuffix(".gpg") }.map { String($0.dropLast(4)) }
                for stem in chosen(keys, context) { keyring.add("\(place)/\(stem)", stem, exists) }
            } else {
                // A file of keys may have any ending; those next to it have its stem.
                let name = String(
                    place[(place.lastIndex(of: "/").map { place.index(after: $0) } ?? place.startIndex)...]
                )
                let stem = name.lastIndex(of: ".").map { String(name[..<$0]) } ?? name
                let parent = String(place.dropLast(name.count))
                keyring.files.append(ABI.V1.File(path: "\(directory)/\(stem).gpg", source: place))
                for ending in endings.dropFirst() { keyring.add(parent + stem, stem, ending, exists) }
            }
            if !keyring.files.isEmpty { return keyring }
        }
        throw ErrorObject(
            code: .notFound,
            message: "the keys of \(context.distribution) are not on this host: there are none in "
                + "\((context.keyrings?.isEmpty == false ? context.keyrings ?? [] : [usual]).joined(separator: ", "))",
            hint: context.distribution == RepositoryChoice.ownName
                ? "Install archlinux-keyring, set RepositoryKeyFetch=yes, or put its files into SandboxTrees= "
                    + "below usr/share/pacman/keyrings"
                : "Put them into SandboxTrees= below usr/share/pacman/keyrings, or name them in \"keyrings\" of the plugin.json",
            subject: usual
        )
    }

    /// Of a directory with the keys of several distributions those of this one, else all.
    private static func chosen(_ stems: [String], _ context: ABI.V1.Context) -> [String] {
        guard context.distribution == RepositoryChoice.ownName else {
            return stems.contains(context.distribution) ? [context.distribution] : stems
        }
        let own = context.localArchitecture == "x86_64" ? "archlinux" : "archlinuxarm"
        return stems.contains(own) ? [own] : []
    }

    private mutating func add(_ source: String, _ stem: String, _ exists: (String) -> Bool) {
        for ending in Self.endings { add(source, stem, ending, exists) }
    }

    private mutating func add(_ source: String, _ stem: String, _ ending: String, _ exists: (String) -> Bool) {
        guard exists(source + ending) else { return }
        files.append(ABI.V1.File(path: "\(Self.directory)/\(stem)\(ending)", source: source + ending))
    }
}
