import Crypto
import Glibc
public import PluginKit
public import PluginWire
import System

/// A repository whose indexes are in the cache, each with the digest that its manifest states.
public struct FetchedRepository: Sendable {
    public var definition: RepositoryDefinition
    /// A directory that package managers take for the repository: it has `repodata`, and no packages.
    public var directory: String
    /// The base URLs of packages, best first, without a slash at their ends.
    public var bases: [String]
    public var manifest: RepositoryManifest
    /// The index that was read, for the lock file.
    public var index: ABI.V1.RepositoryIndex

    /// The path of one of its indexes.
    public func path(_ kind: String) -> String? { manifest[kind].map { "\(directory)/\($0.location)" } }
}

/// Brings the indexes of repositories into the cache, and verifies them.
///
/// The package manager then reads them from there, without the network and without a key.
public struct RepositoryFetch {
    private let context: ABI.V1.Context
    private let host: Host
    private let variables: [String: String]
    private let keys: RepositoryKeys
    /// True if the cache is used as it is, without the network.
    private let isOffline: Bool
    /// True if the manifest has to be signed unless the repository says otherwise.
    private let checksManifests: Bool

    public init(
        _ context: ABI.V1.Context,
        host: Host,
        variables: [String: String],
        isOffline: Bool,
        checksManifests: Bool = false
    ) throws(ErrorObject) {
        self.context = context
        self.host = host
        self.variables = variables
        self.isOffline = isOffline
        self.checksManifests = checksManifests
        keys = try RepositoryKeys(context, host: host, refreshes: true)
    }

    /// Reads the keys of repositories, so that those that are downloaded are in the cache when packages are installed.
    public func readKeys(of repositories: [RepositoryDefinition]) throws(ErrorObject) {
        _ = try keys.files(of: repositories, variables: variables)
    }

    /// Fetches the indexes of some kinds.
    public func fetch(_ definition: RepositoryDefinition, kinds: [String]) throws -> FetchedRepository {
        try host.checkCancelled()
        host.progress("reading the index of \(definition.id)")
        let places = ["metalink", "mirrorlist", "baseurl"].compactMap { definition[$0] }
        let name = String(definition.id.map { $0.isLetter || $0.isNumber || "-_.".contains($0) ? $0 : "_" })
        let place = RepositoryDefinition.replaced(places.joined(separator: " "), variables)
        let directory = try ConfinedDirectory(context.cache, "repositories/\(name)-\(ByteName.hash(place))")
        let mirrors = try mirrors(definition, directory)
        guard let first = mirrors.bases.first else {
            throw ErrorObject(
                code: .notFound,
                message: "the repository \(definition.id) names no mirror",
                subject: place
            )
        }
        let url = first + Self.manifest
        let digests = Array(mirrors.manifests.prefix(Self.mostMirrors))
        let manifests = mirrors.bases.map { $0 + Self.manifest }
        try fetch(manifests, to: Self.manifestName, in: directory, digests: digests, definition)
        guard let bytes = directory.read(Self.manifestName, limit: Self.largestList) else {
            guard let size = directory.size(Self.manifestName) else { throw missing(definition) }
            throw ErrorObject(code: .untrusted, message: "\(url) has \(size) bytes: this is no index", subject: url)
        }
        let signers = try signers(definition, mirrors.bases, directory, url)
        let manifest = try RepositoryManifest(bytes, url: url)
        for kind in kinds { if let index = manifest[kind] { try fetch(index, mirrors.bases, directory, definition) } }
        try directory.directory("repodata").write(Self.manifestName, manifest.text(of: kinds))
        let digest = try Digest.of(bytes)
        return FetchedRepository(
            definition: definition,
            directory: directory.path,
            bases: mirrors.bases,
            manifest: manifest,
            index: ABI.V1.RepositoryIndex(url: url, sha256: digest, signedBy: signers)
        )
    }

    /// The repository of the user's own packages, which is on disk and whose index the host has had made.
    public static func local(_ directory: String, id: String) throws(ErrorObject) -> FetchedRepository {
        let path = "\(directory)\(manifest)"
        guard let bytes = SystemFile.read(path) else { throw SystemFile.failure("read", path) }
        let url = "file://\(path)"
        let digest: String
        do { digest = try Digest.of(bytes) } catch { throw ErrorObject(code: .internalError, message: error.message) }
        return FetchedRepository(
            definition: RepositoryDefinition(id: id),
            directory: directory,
            bases: ["file://\(directory)"],
            manifest: try RepositoryManifest(bytes, url: url),
            index: ABI.V1.RepositoryIndex(url: url, sha256: digest, signedBy: [])
        )
    }

    private static let manifest = "/repodata/repomd.xml"
    private static let manifestName = "repomd.xml"
    /// More mirrors than that need not be tried.
    private static let mostMirrors = 8
    /// Bytes of a manifest or a list of mirrors, which are read as a whole, and outside of the sandbox.
    private static let largestList = 64 << 20

    private func mirrors(_ definition: RepositoryDefinition, _ directory: ConfinedDirectory) throws -> MirrorList {
        var list = MirrorList([])
        for name in ["metalink", "mirrorlist"] {
            guard let url = definition[name].map({ RepositoryDefinition.replaced($0, variables) }) else { continue }
            try fetch([url], to: name, in: directory, digests: [], definition)
            let bytes = directory.read(name, limit: Self.largestList) ?? []
            list = MirrorList(bytes, allowsFiles: FileURL.path(url) != nil)
            if !list.bases.isEmpty { break }
        }
        let bases = definition.words("baseurl").map { RepositoryDefinition.replaced($0, variables) }
        list.bases += bases.map(MirrorList.withoutSlash).filter { !list.bases.contains($0) }
        // A manifest of one mirror may be older than the list allows; the user's own are taken as they are.
        list.bases = Array(list.bases.prefix(Self.mostMirrors))
        return list
    }

    /// Downloads a file that has one of some digests, or any if there are none.
    private func fetch(
        _ urls: [String],
        to name: String,
        in directory: ConfinedDirectory,
        digests: [String],
        _ definition: RepositoryDefinition
    ) throws {
        if isOffline {
            guard let digest = try directory.digest(name) else { throw missing(definition) }
            let path = directory.path(of: name)
            if !digests.isEmpty, !digests.contains(digest) {
                throw ErrorObject(
                    code: .untrusted,
                    message: "the index \(path) in the cache is not the one that its list of mirrors states",
                    hint: "Build once without CacheOnly=",
                    subject: path
                )
            }
            return
        }
        directory.removeStrange(name)
        let path = directory.path(of: name)
        if digests.isEmpty { return try fetch(urls, to: path, nil, definition) }
        for (number, digest) in digests.enumerated() {
            do {
                return try fetch(urls, to: path, digest, definition)
            } catch let error as ErrorObject where number + 1 < digests.count && error.code != cancelled { continue }
        }
    }

    private var cancelled: Int { ErrorObject.Code.cancelled.rawValue }

    private func fetch(_ urls: [String], to path: String, _ sha256: String?, _ definition: RepositoryDefinition) throws
    {
        do {
            try host.fetch(urls, to: path, sha256: sha256)
        } catch {
            if error.code == cancelled { throw error }
            throw ErrorObject(
                code: ErrorObject.Code(rawValue: error.code),
                message: "the index of the repository \(definition.id) cannot be fetched: \(error.message)",
                hint: error.data?.hint ?? "Check Mirror=, Release= and Repositories=",
                subject: error.data?.subject ?? urls.first
            )
        }
    }

    private func fetch(
        _ index: RepositoryManifest.Index,
        _ bases: [String],
        _ directory: ConfinedDirectory,
        _ definition: RepositoryDefinition
    ) throws {
        let own = try directory.directory(Paths.parent(index.location) ?? "")
        let name = Paths.name(index.location)
        func isRight() throws -> Bool { try own.digest(name, index.function) == index.digest }
        if try isRight() { return }
        if isOffline { throw missing(definition) }
        own.remove(name)
        let sha256 = index.function == .sha256 ? index.digest : nil
        try fetch(bases.map { "\($0)/\(index.location)" }, to: own.path(of: name), sha256, definition)
        guard try isRight() else {
            throw ErrorObject(
                code: .untrusted,
                message: "the index \(bases[0])/\(index.location) does not have the digest that its manifest states",
                hint: "The mirror may be in the middle of an update: try again later, or choose another one",
                subject: "\(bases[0])/\(index.location)"
            )
        }
    }

    /// The fingerprints of keys whose signatures on a manifest are good; none where none is asked for.
    private func signers(
        _ definition: RepositoryDefinition,
        _ bases: [String],
        _ directory: ConfinedDirectory,
        _ url: String
    ) throws -> [String] {
        guard context.repositoryKeyCheck, definition.isOn("repo_gpgcheck", default: checksManifests) else { return [] }
        let signature = Self.manifestName + ".asc"
        do {
            let urls = bases.map { "\($0)\(Self.manifest).asc" }
            try fetch(urls, to: signature, in: directory, digests: [], definition)
        } catch let error as ErrorObject where error.code != cancelled {
            throw ErrorObject(
                code: .untrusted,
                message: "the index \(url) is not signed: \(error.message)",
                hint: "Choose another mirror; RepositoryKeyCheck=no accepts it",
                subject: url
            )
        }
        let keyrings = try keys.files(of: [definition], variables: variables).binary
        let output = try ToolRun(host: host, context: context, place: .cache(context)).run(
            "rpm-verify",
            plan: { pipe in
                RPMVerifyPlan(
                    path: directory.path(of: Self.manifestName),
                    signature: directory.path(of: signature),
                    keyrings: keyrings,
                    scratch: try ToolRun.privateDirectory(below: context.workspace, for: "rpm-verify"),
                    channel: pipe
                )
            },
            change: { command in command.capture = true }
        )
        let signers = try ToolOutput.decode(RPMVerifyFinding.self, from: output).signers
        guard !signers.isEmpty else {
            throw ErrorObject(
                code: .untrusted,
                message:
                    "the index \(url) has no valid signature by one of the keys of the repository \(definition.id)",
                hint: "Choose another mirror, or update the distribution's keys; RepositoryKeyCheck=no accepts it",
                subject: url
            )
        }
        return signers
    }

    private func missing(_ definition: RepositoryDefinition) -> ErrorObject {
        ErrorObject(
            code: .notFound,
            message: "the index of the repository \(definition.id) is not in the cache, and CacheOnly= forbids "
                + "downloading it",
            hint: "Build once without CacheOnly=",
            subject: context.cache
        )
    }
}
