import ByteKeys
import Glibc
import JSON
public import PluginKit
public import PluginWire
import System

/// Finds the keys that repositories name (`gpgkey=`), and writes them where programs of the sandbox can read them.
public struct RepositoryKeys {
    /// The same keys for two programs.
    public struct Files: Sendable {
        /// For rpmkeys(8), in ASCII armour.
        public var armored: [String] = []
        /// For gpgv(1), binary.
        public var binary: [String] = []
    }

    private let context: ABI.V1.Context
    private let host: Host
    private let directory: ConfinedDirectory
    private let refreshes: Bool

    /// Prepares a directory in the workspace.
    ///
    /// With `refreshes`, keys that have to be downloaded are downloaded again; otherwise those in the cache are used.
    public init(_ context: ABI.V1.Context, host: Host, refreshes: Bool = false) throws(ErrorObject) {
        self.context = context
        self.host = host
        self.refreshes = refreshes
        directory = try ConfinedDirectory(context.workspace, "repository-keys")
    }

    /// The keys of repositories, each once.
    public func files(of repositories: [RepositoryDefinition], variables: [String: String]) throws(ErrorObject) -> Files
    {
        var files = Files()
        var seen: ByteSet = []
        for repository in repositories {
            let urls = repository.words("gpgkey").map { RepositoryDefinition.replaced($0, variables) }
            for url in urls where seen.insert(url).inserted {
                let key = try read(url, of: repository.id)
                let name = "\(files.binary.count)-\(ByteName.hash(url))"
                let binary = try Self.valid(
                    ArmoredKey.bytes(of: String(decoding: key, as: UTF8.self)) ?? key,
                    url: url,
                    of: repository.id
                )
                try directory.write(name + ".gpg", binary)
                try directory.write(name + ".asc", Array(ArmoredKey.text(of: binary).utf8))
                files.binary.append(directory.path(of: name + ".gpg"))
                files.armored.append(directory.path(of: name + ".asc"))
            }
        }
        return files
    }

    /// The keys of a file that have not expired.
    private static func valid(_ bytes: [UInt8], url: String, of repository: String) throws(ErrorObject) -> [UInt8] {
        let keys = OpenPGPKeys(bytes)
        if keys.keys.isEmpty {
            throw ErrorObject(
                code: .untrusted,
                message: "the key \(url) of the repository \(repository) is not an OpenPGP key",
                subject: url
            )
        }
        let valid = keys.valid(at: time(nil))
        guard valid.isEmpty else { return valid.flatMap(\.bytes) }
        throw ErrorObject(
            code: .untrusted,
            message:
                "the key \(url) of the repository \(repository) expired on \(keys.lastExpiry ?? "an unknown date")",
            hint: "Update the distribution's keys; RepositoryKeyCheck=no accepts what it has signed",
            subject: url
        )
    }

    private func read(_ url: String, of repository: String) throws(ErrorObject) -> [UInt8] {
        if url.hasPrefix("file:") || url.hasPrefix("/") {
            let path = url.hasPrefix("file:") ? FilePath.of(url) : url
            let places = [context.configuration, context.sandboxTree].compactMap { $0.map { $0 + path } } + [path]
            for place in places {
                if let bytes = SystemFile.read(place, limit: 16 << 20), !bytes.isEmpty { return bytes }
            }
            throw ErrorObject(
                code: .notFound,
                message: "the key \(path) of the repository \(repository) does not exist",
                hint: "Put it into SandboxTrees= as \(path.dropFirst())",
                subject: path
            )
        }
        try KeyAddress.check(url, of: repository)
        let (keys, name) = (try ConfinedDirectory(context.cache, "keys"), ByteName.hash(url))
        let isOffline = ["always", "metadata"].contains(context.settings?["CacheOnly"]?.string ?? "")
        if keys.size(name) == nil || refreshes && !isOffline {
            keys.removeStrange(name)
            do { try host.fetch([url], to: keys.path(of: name)) } catch {
                // A key that was fetched before is as good as it was then.
                if keys.size(name) == nil { throw error }
            }
        }
        guard let bytes = keys.read(name, limit: 16 << 20), !bytes.isEmpty else {
            throw ErrorObject(code: .notFound, message: "the key \(url) is empty", subject: url)
        }
        return bytes
    }
}

/// The path in a `file:` URL.
enum FilePath {
    static func of(_ url: String) -> String {
        var path = url.dropFirst("file:".count)
        while path.hasPrefix("//") { path = path.dropFirst() }
        return String(path)
    }
}
