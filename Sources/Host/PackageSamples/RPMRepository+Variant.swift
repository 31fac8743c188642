public import Crypto
internal import System

extension RPMRepository {
    /// Writes a repository of the variant; the key that users have is next to it, in `KEY.asc` and, in binary form, `KEY.gpg`.
    public static func write(
        _ packages: [SamplePackage],
        groups: [String: [String]] = [:],
        to directory: String,
        variant: RepositoryVariant = .good,
        digest: Digest.Function = .sha256,
        keys: RepositoryKeys
    ) throws {
        let signer = keys.signer(of: variant)
        let signsPackages = variant != .unsignedPackages && variant != .changedIndex
        var repository = try RPMRepository(packages, key: signsPackages ? signer : nil)
        if variant == .otherPackageKey {
            for (index, package) in packages.enumerated() where package.name == "tool" {
                repository.packages[index] = try RPMFile(package, key: keys.other)
            }
        }
        repository.groups = groups
        repository.digest = digest
        try repository.write(to: directory, key: signer)
        let trusted = keys.trusted(in: variant)
        try Files.write(Array(try trusted.armoredPublicKey().utf8), to: directory + "/KEY.asc")
        try Files.write(try trusted.publicKey(), to: directory + "/KEY.gpg")
        switch variant {
        case .changed:
            for package in repository.packages where package.package.name == "tool" {
                try Files.write(RepositoryVariant.changed(package.bytes), to: "\(directory)/packages/\(package.name)")
            }
        case .changedPart:
            for name in try Files.list(directory + "/repodata") where name.hasSuffix("-primary.xml.gz") {
                let path = "\(directory)/repodata/\(name)"
                try Files.write(try Files.read(path) + [0], to: path)
            }
        case .changedIndex:
            let path = directory + "/repodata/repomd.xml"
            let text = try Files.readText(path)
            try IndexTime.write(Array((text + "<!-- -->\n").utf8), to: path)
        case .good, .unsigned, .otherKey, .expired, .unsignedPackages, .otherPackageKey, .outdated: break
        }
    }
}
