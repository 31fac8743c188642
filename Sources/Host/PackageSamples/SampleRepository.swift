internal import System

/// A repository of any of the formats, with what is used to trust it.
public struct SampleRepository: Sendable {
    public let format: SampleFormat
    /// The release whose packages it has, where repositories are divided by releases.
    public let release: String
    /// The machine's architecture in the distribution's words.
    public let architecture: String
    /// The name of the repository, where its index has it.
    public let name: String
    private let keys: RepositoryKeys
    private let apkKeys: ApkRepository.Keys?

    public init(_ format: SampleFormat, release: String, architecture: String, name: String = "core") throws {
        self.format = format
        self.release = release
        self.architecture = architecture
        self.name = name
        keys = try RepositoryKeys()
        apkKeys = format == .apk ? try ApkRepository.Keys() : nil
    }

    /// Writes a repository of the variant.
    public func write(_ packages: [SamplePackage], to directory: String, variant: RepositoryVariant = .good) throws {
        switch format {
        case .rpm:
            try RPMRepository.write(packages, to: directory, variant: variant, keys: keys)
        case .deb:
            try DebRepository.write(
                packages,
                release: release,
                architecture: architecture,
                to: directory,
                variant: variant,
                keys: keys
            )
        case .pkg:
            try PacmanRepository.write(name, packages, to: directory, variant: variant, keys: keys)
        case .apk:
            guard let apkKeys else { return }
            try ApkRepository.write(
                packages,
                architecture: architecture,
                to: directory,
                variant: variant,
                keys: apkKeys
            )
        }
    }

    /// The file of one package, which is in no repository.
    public func file(of package: SamplePackage) throws -> (name: String, bytes: [UInt8]) {
        switch format {
        case .rpm:
            let file = try RPMFile(package, key: keys.good)
            return (file.name, file.bytes)
        case .deb:
            let file = try DebFile(package)
            return (file.name, file.bytes)
        case .pkg:
            let file = try PacmanFile(package)
            return (file.name, file.bytes)
        case .apk:
            let file = try ApkFile(package, key: apkKeys?.good)
            return (file.name, file.bytes)
        }
    }

    /// The file with the key that users of the variant have: its name, and its content.
    public func key(for variant: RepositoryVariant) throws -> (name: String, bytes: [UInt8]) {
        if let key = apkKeys?.good { return (key.name, key.publicKey) }
        return ("key.asc", Array(try keys.trusted(in: variant).armoredPublicKey().utf8))
    }
}
