public import Crypto
internal import System

/// A repository of packages of deb(5) with its index, as apt-ftparchive(1) makes it.
public struct DebRepository {
    public var packages: [DebFile] = []
    /// The name of the suite.
    public var release: String
    public var architecture: String

    public init(_ packages: [SamplePackage], release: String, architecture: String) throws(DigestError) {
        self.release = release
        self.architecture = architecture
        for package in packages { self.packages.append(try DebFile(package)) }
    }

    private var suite: String { "dists/\(release)" }
    private var index: String { "main/binary-\(architecture)/Packages" }

    /// Writes packages, index and signature; `end` is the date after which the index is no longer good.
    public func write(to directory: String, key: SampleKey?, end: String = "Fri, 01 Jan 2100 00:00:00 UTC") throws {
        try Files.makeDirectories("\(directory)/pool")
        try Files.makeDirectories("\(directory)/\(suite)/main/binary-\(architecture)")
        var text = ""
        for file in packages {
            try Files.write(file.bytes, to: "\(directory)/pool/\(file.name)")
            text += file.control
            text += "Filename: pool/\(file.name)\nSize: \(file.bytes.count)\nSHA256: \(try Digest.of(file.bytes))\n\n"
        }
        let list = Array(text.utf8)
        try Files.write(list, to: "\(directory)/\(suite)/\(index)")
        let release = """
            Origin: Sample
            Label: Sample
            Suite: \(release)
            Codename: \(release)
            Architectures: \(architecture)
            Components: main
            Date: Tue, 14 Nov 2023 22:13:20 UTC
            Valid-Until: \(end)
            SHA256:
             \(try Digest.of(list)) \(list.count) \(index)

            """
        try Files.write(Array(release.utf8), to: "\(directory)/\(suite)/Release")
        Files.remove("\(directory)/\(suite)/InRelease")
        guard let key else { return }
        try Files.write(Array(try key.clearSigned(release).utf8), to: "\(directory)/\(suite)/InRelease")
    }

    /// Writes a repository of the variant.
    public static func write(
        _ packages: [SamplePackage],
        release: String,
        architecture: String,
        to directory: String,
        variant: RepositoryVariant = .good,
        keys: RepositoryKeys
    ) throws {
        let repository = try DebRepository(packages, release: release, architecture: architecture)
        let key = keys.signer(of: variant)
        if variant == .outdated {
            try repository.write(to: directory, key: key, end: "Wed, 15 Nov 2023 22:13:20 UTC")
        } else {
            try repository.write(to: directory, key: key)
        }
        let place = "\(directory)/\(repository.suite)"
        switch variant {
        case .changed:
            for file in repository.packages where file.package.name == "tool" {
                try Files.write(RepositoryVariant.changed(file.bytes), to: "\(directory)/pool/\(file.name)")
            }
        case .changedIndex:
            let text = try Files.readText(place + "/InRelease")
            try Files.write(
                Array(text.replacing("Label: Sample", with: "Label: sample").utf8),
                to: place + "/InRelease"
            )
        case .changedPart:
            let path = "\(place)/\(repository.index)"
            try Files.write(try Files.read(path) + Array("\n".utf8), to: path)
        case .good, .unsigned, .otherKey, .expired, .unsignedPackages, .otherPackageKey, .outdated: break
        }
    }
}
