import ArchiveKit
import ByteKeys
import DistributionKit
import Glibc
import JSON
import PluginKit
import PluginWire
import System

/// The keys of a distribution from the package that has them, for hosts without it (`RepositoryKeyFetch=`).
///
/// Nothing vouches for them but the server: it has to be one whose connection is authenticated.
struct KeyringPackage {
    private let context: ABI.V1.Context
    private let host: Host

    /// The directory in which the keys are kept, for tools in the sandbox and for builds without the network.
    static func directory(cache: String) -> String { "\(cache)/\(name)" }

    private static let name = "keyring"

    /// Nil if keys are not to be fetched, because the build has some or checks nothing.
    init?(_ context: ABI.V1.Context, host: Host) {
        guard context.repositoryKeyCheck, context.repositoryKeyFetch else { return nil }
        let ofUser = (context.sandboxTree ?? "") + GnuPGHome.ofUser
        if context.sandboxTree != nil, SystemFile.exists(ofUser) { return nil }
        if GnuPGHome.hasKeys(in: (context.configuration ?? "") + Keyring.directory) { return nil }
        self.context = context
        self.host = host
    }

    /// Brings the kept keys up to date; without the network they stay as they are.
    ///
    /// - Returns: The directory that has them.
    func update(offline: Bool) throws -> String {
        let directory = Self.directory(cache: context.cache)
        if offline {
            if GnuPGHome.hasKeys(in: directory) { return directory }
            throw ErrorObject(
                code: .notFound,
                message: "the keys of \(context.distribution) are not in the cache",
                hint: "Build once without CacheOnly="
            )
        }
        let member = try DistributionManifest.member("keyringPackage", host: host, context: context)
        guard let name = member?.string ?? (member?[context.architecture] ?? member?["*"])?.string else {
            throw ErrorObject(
                code: .notFound,
                message: "no package is known to have the keys of \(context.distribution)",
                hint: "Name the key files in \"keyrings\" of the plugin.json, or their package in \"keyringPackage\"",
                subject: context.distribution
            )
        }
        host.progress("fetching the keys")
        try write(try keys(in: try fetch(name)), to: try ConfinedDirectory(context.cache, Self.name))
        return directory
    }

    /// Downloads the package as the first of the repositories that has it states it.
    private func fetch(_ name: String) throws -> String {
        let scratch = try ToolRun.privateDirectory(below: context.workspace, for: "keyring")
        let configuration = try self.configuration()
        for section in configuration.repositories {
            try host.checkCancelled()
            let servers = configuration.servers(of: section)
            if let server = servers.first(where: { !Self.isAuthenticated($0) }) { throw refusal(server) }
            let database = "\(scratch)/\(section.name).db"
            try host.fetch(servers.map { "\($0)/\(section.name).db" }, to: database)
            guard let record = try SyncDatabase.records(in: database).first(where: { $0.name == name }),
                let package = try Databases.package(record, servers: servers, repository: section.name)
            else { continue }
            let path = "\(scratch)/\(package.fileName)"
            try host.fetch(package.urls, to: path, sha256: package.sha256)
            return path
        }
        throw ErrorObject(
            code: .notFound,
            message: "no repository of \(context.distribution) has the package \(name), which has its keys",
            hint: "Put the keys into SandboxTrees= below usr/share/pacman/keyrings",
            subject: name
        )
    }

    /// The repositories of the mirror, or of the distribution's own server if the way to the mirror is not authenticated.
    private func configuration() throws -> PacmanConfiguration {
        var context = context
        context.settings?["LocalMirror"] = nil
        if let mirror = context.mirror, !Self.isAuthenticated(mirror) { context.mirror = nil }
        let named = try DistributionManifest.member("repositories", host: host, context: context)
        return try ArchPlugin.configuration(context, repositories: named?.array?.compactMap(\.string))
    }

    private static func isAuthenticated(_ url: String) -> Bool {
        url.hasPrefix("https://") || url.hasPrefix("file:/") || url.hasPrefix("/")
    }

    private func refusal(_ server: String) -> ErrorObject {
        ErrorObject(
            code: .untrusted,
            message: "the keys of \(context.distribution) are not fetched from \(server): "
                + "only https: protects them on their way",
            hint: "Set Mirror= to an https: URL, or put the keys into SandboxTrees= below usr/share/pacman/keyrings",
            subject: server
        )
    }

    /// The files of keyrings in a package, by their names.
    private func keys(in package: String) throws(ErrorObject) -> ByteDictionary<[UInt8]> {
        var files: ByteDictionary<[UInt8]> = [:]
        do throws(ImageError) {
            var reader = try ArchiveReader(path: package)
            while let entry = try reader.next() {
                let path = "/" + entry.path.normalized.string
                let name = Paths.name(path)
                guard entry.kind == .regular, path == "\(Keyring.usual)/\(name)", Keyring.isPart(name) else { continue }
                files[name] = try reader.readAll()
            }
        } catch {
            throw ErrorObject(
                code: error.code == .input ? .internalError : .untrusted,
                message: "the package \(error.message)",
                subject: package
            )
        }
        if files.keys.contains(where: { $0.hasSuffix(".gpg") }) { return files }
        throw ErrorObject(
            code: .untrusted,
            message: "the package \(Paths.name(package)) has no keys in \(Keyring.usual)",
            hint: "Choose another mirror",
            subject: package
        )
    }

    /// Replaces each file at once: another build may be reading them.
    private func write(_ files: ByteDictionary<[UInt8]>, to directory: ConfinedDirectory) throws(ErrorObject) {
        for (name, bytes) in files.sorted() { try directory.write(name, bytes) }
        for name in directory.names where Keyring.isPart(name) && files[name] == nil { directory.remove(name) }
    }
}
