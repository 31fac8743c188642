public import Crypto
internal import System

/// A repository of pacman with its database, as repo-add(8) makes it.
public struct PacmanRepository {
    /// The signed parts of a repository: distributions sign packages, databases or both.
    public enum Signed: Sendable {
        case databaseAndPackages
        case database
        case packages
    }

    public var name: String
    public var packages: [PacmanFile]

    public init(_ name: String, _ packages: [SamplePackage]) throws(DigestError) {
        self.name = name
        self.packages = []
        // A database has one version of each package.
        var seen: Set<String> = []
        for package in packages where seen.insert(package.name).inserted {
            self.packages.append(try PacmanFile(package))
        }
    }

    /// Writes packages, database and signatures.
    public func write(to directory: String, key: SampleKey?, signed: Signed = .databaseAndPackages) throws {
        try Files.makeDirectories(directory)
        var archive = TarArchive()
        for file in packages.sorted(by: { $0.package.name < $1.package.name }) {
            let package = file.package
            try Files.write(file.bytes, to: "\(directory)/\(file.name)")
            if let key, signed != .database {
                try Files.write(try key.signature(of: file.bytes), to: "\(directory)/\(file.name).sig")
            }
            let stem = "\(package.name)-\(package.fullVersion)"
            archive.append(stem + "/", .directory, mode: 0o755)
            archive.append("\(stem)/desc", .regular, mode: 0o644, content: Array(try description(file).utf8))
        }
        archive.finish()
        let database = StoredGzip.encoded(archive.bytes)
        try IndexTime.write(database, to: "\(directory)/\(name).db")
        Files.remove("\(directory)/\(name).db.sig")
        if let key, signed != .packages {
            try Files.write(try key.signature(of: database), to: "\(directory)/\(name).db.sig")
        }
    }

    private func description(_ file: PacmanFile) throws(DigestError) -> String {
        let package = file.package
        var fields: [(String, [String])] = [
            ("FILENAME", [file.name]), ("NAME", [package.name]), ("BASE", [package.source ?? package.name]),
            ("VERSION", [package.fullVersion]), ("DESC", ["A sample"]), ("CSIZE", ["\(file.bytes.count)"]),
            ("ISIZE", ["\(package.installedSize)"]), ("SHA256SUM", [try Digest.of(file.bytes)]),
            ("URL", ["https://example.org"]), ("LICENSE", [package.license]), ("ARCH", [package.pacmanArchitecture]),
            ("BUILDDATE", ["1700000000"]), ("PACKAGER", ["Sample <sample@example.org>"]),
        ]
        fields += package.pacmanFields.map { ($0.name, $0.values) }
        return fields.filter { !$0.1.isEmpty }.map { name, values in
            "%\(name)%\n" + values.map { "\($0)\n" }.joined() + "\n"
        }.joined()
    }

    /// Writes a repository of the variant; the key that users have is next to it, in `KEY.gpg`.
    public static func write(
        _ name: String,
        _ packages: [SamplePackage],
        to directory: String,
        variant: RepositoryVariant = .good,
        signed: Signed = .databaseAndPackages,
        keys: RepositoryKeys
    ) throws {
        let repository = try PacmanRepository(name, packages)
        try repository.write(
            to: directory,
            key: keys.signer(of: variant),
            signed: variant == .unsignedPackages ? .database : variant == .otherPackageKey ? .packages : signed
        )
        try Files.write(try keys.trusted(in: variant).publicKey(), to: directory + "/KEY.gpg")
        switch variant {
        case .changed:
            for file in repository.packages where file.package.name == "tool" {
                try Files.write(RepositoryVariant.changed(file.bytes), to: "\(directory)/\(file.name)")
            }
        case .otherPackageKey:
            for file in repository.packages where file.package.name == "tool" {
                try Files.write(try keys.other.signature(of: file.bytes), to: "\(directory)/\(file.name).sig")
            }
        case .changedIndex:
            let path = "\(directory)/\(name).db"
            // What follows the end of an archive is not read, but it was not signed.
            try IndexTime.write(try Files.read(path) + [0], to: path)
        case .good, .unsigned, .otherKey, .expired, .unsignedPackages, .changedPart, .outdated: break
        }
    }
}
