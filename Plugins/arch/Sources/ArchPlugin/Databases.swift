import ByteKeys
import Crypto
import DistributionKit
import PluginWire
import System

/// The databases of the repositories in the cache, each verified as if it had just been downloaded.
struct Databases {
    /// One of them.
    struct Database {
        var section: PacmanConfiguration.Section
        var servers: [String]
        var path: String
        var policy: SignaturePolicy
        /// Fingerprints of the keys that have signed it; none if it is not signed, or nothing is checked.
        var signers: [String]

        /// True if its packages need no signatures of their own.
        var isProof: Bool { !signers.isEmpty || policy.packages == .never }
    }

    private(set) var all: [Database] = []
    private(set) var indexes: [ABI.V1.RepositoryIndex] = []

    /// Without a home directory of GnuPG nothing is checked.
    init(_ configuration: PacmanConfiguration, in directory: String, home: GnuPGHome?) throws {
        for section in configuration.repositories {
            let path = "\(directory)/\(section.name).db"
            var database = Database(
                section: section,
                servers: configuration.servers(of: section),
                path: path,
                policy: configuration.policy(of: section),
                signers: []
            )
            guard SystemFile.exists(path) else {
                throw ErrorObject(
                    code: .notFound,
                    message: "there is no database of the repository \(section.name)",
                    subject: section.name
                )
            }
            if home == nil { database.policy = .none }
            if let home, database.policy.databases != .never {
                if SystemFile.exists(path + ".sig") {
                    switch try home.verify(path, signature: path + ".sig") {
                    case .good(let signers): database.signers = signers
                    case .bad(let fault): throw Self.untrusted(database, fault)
                    }
                } else if database.policy.databases == .required {
                    throw Self.untrusted(database, "is not signed")
                }
            }
            all.append(database)
            if ![ResolveTool.localName, ResolveTool.keptName].contains(section.name) {
                indexes.append(
                    ABI.V1.RepositoryIndex(
                        url: "\(database.servers.first ?? "")/\(section.name).db",
                        sha256: try Digest.ofFile(path),
                        signedBy: database.signers
                    )
                )
            }
        }
    }

    /// The directory of a configuration's databases in the cache: other mirrors may have others of the same names.
    static func directory(_ configuration: PacmanConfiguration, cache: String) throws -> String {
        let places = configuration.repositories.flatMap { configuration.servers(of: $0) }.map { "\($0)\n" }.joined()
        return "\(cache)/databases/\(try Digest.of(Array(places.utf8)).prefix(16))"
    }

    private static func untrusted(_ database: Database, _ fault: String) -> ErrorObject {
        ErrorObject(
            code: .untrusted,
            message: "the database of the repository \(database.section.name) \(fault)",
            hint: "Choose another mirror, or update the distribution's keyring",
            subject: "\(database.servers.first ?? "")/\(database.section.name).db"
        )
    }

    /// Records by the names of their directories, of the first repository that has each.
    func records(_ directories: ByteSet) throws(ErrorObject) -> ByteDictionary<PackageRecord> {
        var records: ByteDictionary<PackageRecord> = [:]
        for database in all {
            for record in try SyncDatabase.records(in: database.path, directories: directories)
            where records[record.directory] == nil {
                records[record.directory] = record
            }
        }
        return records
    }

    /// The packages that pacman has chosen, with all that the databases say of them.
    func resolution(of chosen: [Chosen], requested: ByteSet, _ plan: ResolvePlan) throws(ErrorObject) -> Resolution {
        var resolution = Resolution(indexes: indexes)
        var records: ByteDictionary<PackageRecord> = [:]
        for database in all {
            let wanted = chosen.filter { $0.repository == database.section.name }.map { "\($0.name)-\($0.version)" }
            if wanted.isEmpty { continue }
            for record in try SyncDatabase.records(in: database.path, directories: ByteSet(wanted)) {
                records["\(database.section.name)/\(record.directory)"] = record
            }
        }
        for choice in chosen {
            guard let database = all.first(where: { $0.section.name == choice.repository }),
                let record = records["\(choice.repository)/\(choice.name)-\(choice.version)"],
                var package = try Self.package(record, servers: database.servers, repository: choice.repository)
            else {
                throw ErrorObject(
                    code: .untrusted,
                    message:
                        "the database of \(choice.repository) does not describe the package \(choice.name) in full",
                    subject: choice.name
                )
            }
            let urls = package.urls
            if plan.allPlaces, let archive = plan.archive {
                let letter = package.name.utf8.first.map { String(decoding: [$0], as: UTF8.self) } ?? ""
                package.urls.append("\(archive)/packages/\(letter)/\(package.name)/\(package.fileName)")
            }
            if requested.contains(package.name) { package.requested = true }
            if !database.isProof {
                resolution.unproven.append(
                    Resolution.Unproven(
                        sha256: package.sha256,
                        name: package.name,
                        signature: record["PGPSIG"],
                        isRequired: database.policy.packages == .required,
                        urls: urls.map { "\($0).sig" }
                    )
                )
            }
            resolution.packages.append(package)
        }
        return resolution
    }

    /// Names of the files of packages that pacman has chosen.
    func fileNames(of chosen: [Chosen]) throws(ErrorObject) -> [String] {
        let records = try records(ByteSet(chosen.map { "\($0.name)-\($0.version)" }))
        let names = chosen.compactMap { records["\($0.name)-\($0.version)"]?["FILENAME"] }
        if let name = names.first(where: { !Self.isFileName($0) }) {
            throw ErrorObject(code: .untrusted, message: "a database has a file name that is not valid", subject: name)
        }
        return names
    }

    /// Returns a package as a database describes it; nil if something is missing.
    ///
    /// A database may be unsigned, and the digest and the file name become parts of paths and URLs: both are checked here.
    static func package(
        _ record: PackageRecord,
        servers: [String],
        repository: String
    ) throws(ErrorObject) -> ABI.V1.Package? {
        guard let file = record["FILENAME"], let digest = record["SHA256SUM"]?.lowercased(),
            let size = record["CSIZE"].flatMap({ Int($0) })
        else { return nil }
        func refusal(_ value: String) -> ErrorObject {
            ErrorObject(
                code: .untrusted,
                message: "the \(value) of the package \(record.name) in the database \(repository) is not valid",
                hint: "Choose another mirror",
                subject: record.name
            )
        }
        guard isDigest(digest) else { throw refusal("SHA-256 digest") }
        guard isFileName(file) else { throw refusal("file name") }
        var package = ABI.V1.Package(
            name: record.name,
            version: record.version,
            architecture: record["ARCH"] ?? "any",
            urls: servers.map { "\($0)/\(file)" },
            size: size,
            sha256: digest,
            fileName: file
        )
        package.installedSize = record["ISIZE"].flatMap { Int($0) }
        package.source = record["BASE"]
        return package
    }

    /// Returns true for 64 hexadecimal digits in lower case.
    private static func isDigest(_ text: String) -> Bool {
        text.utf8.count == 64 && text.utf8.allSatisfy { (0x30...0x39).contains($0) || (0x61...0x66).contains($0) }
    }

    /// Returns true for the name of one file that is neither hidden nor an option, without control characters.
    private static func isFileName(_ text: String) -> Bool {
        guard FileName(text) != nil, let first = text.utf8.first else { return false }
        return first != UInt8(ascii: ".") && first != UInt8(ascii: "-")
            && !text.utf8.contains { $0 < 0x20 || $0 == 0x7F }
    }
}
