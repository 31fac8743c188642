internal import System

/// A repository of apk with its index, as apk-index(8) makes it.
public enum ApkRepository {
    /// The keys of a repository of apk, which are no OpenPGP keys.
    public struct Keys: Sendable {
        public var good: ApkKey
        public var other: ApkKey

        public init() throws {
            good = try ApkKey(name: "sample@example.org-1.rsa.pub")
            other = try ApkKey(name: "other@example.org-1.rsa.pub")
        }
    }

    /// Writes a repository of the variant, in the directory of an architecture.
    public static func write(
        _ packages: [SamplePackage],
        architecture: String,
        to directory: String,
        variant: RepositoryVariant = .good,
        keys: Keys
    ) throws {
        let key: ApkKey? =
            switch variant {
            case .unsigned: nil
            case .otherKey, .expired: keys.other
            default: keys.good
            }
        let place = "\(directory)/\(architecture)"
        try Files.makeDirectories(place)
        var files: [ApkFile] = []
        for package in packages {
            let file = try ApkFile(package, key: key)
            let isChanged = variant == .changed && package.name == "tool"
            try Files.write(
                isChanged ? RepositoryVariant.changed(file.bytes) : file.bytes,
                to: "\(place)/\(file.name)"
            )
            files.append(file)
        }
        var index = try ApkFile.index(files, key: key, architecture: architecture)
        if variant == .changedIndex { index[index.count - 20] ^= 1 }
        try Files.write(index, to: "\(place)/APKINDEX.tar.gz")
    }
}
