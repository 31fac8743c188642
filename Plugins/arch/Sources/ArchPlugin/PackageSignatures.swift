import Crypto
import DistributionKit
import Glibc
import PluginKit
import PluginWire
import System

/// The signatures of packages whose repository has an unsigned database, as that of Arch Linux is.
///
/// They are checked when packages are resolved, before there is an answer: answers are kept, shared by images and written to
/// lock files, and whoever has one trusts the digests in it.
struct PackageSignatures {
    /// Has a file for each package with a signature, by the digest of the package.
    let directory: String
    private let context: ABI.V1.Context
    private let keyring: String?
    private static let name = "package-signatures"

    /// `keyring` is a directory with keys that were fetched.
    init(_ context: ABI.V1.Context, keyring: String? = nil) {
        self.context = context
        self.keyring = keyring
        directory = "\(context.workspace)/\(Self.name)"
    }

    static func fileName(_ digest: String) -> String { "\(digest).sig" }

    /// Downloads the packages that no signed database vouches for, and checks their signatures.
    ///
    /// - Returns: The paths of those packages in the cache, by their digests.
    func check(_ resolution: Resolution, host: Host) throws -> [String: String] {
        if resolution.unproven.isEmpty { return [:] }
        let own = try ConfinedDirectory(context.workspace, Self.name, mode: 0o700)
        try collect(resolution.unproven, in: own, host)
        let signed = Set(resolution.unproven.map(\.sha256).filter { own.size(Self.fileName($0)) != nil })
        let packages = resolution.packages.filter { signed.contains($0.sha256) }
        if packages.isEmpty { return [:] }
        let cache = try ConfinedDirectory(context.cache, "packages")
        let files = try packages.map { package in
            try host.checkCancelled()
            let path = try place(package, in: cache, host)
            return InstallPlan.File(name: package.name, path: path, sha256: package.sha256)
        }
        var plan = InstallPlan(phase: .check, root: "", packages: files)
        plan.signatures = directory
        plan.keyring = keyring
        plan.scratch = context.workspace
        try forgetting(files, in: cache) {
            _ = try ToolRun(host: host, context: context, place: .cache(context)).run(
                "install",
                plan: { pipe in
                    plan.channel = pipe
                    return plan
                },
                change: { $0.label = "check" }
            )
        }
        return Dictionary(files.map { ($0.sha256, $0.path) }, uniquingKeysWith: { $1 })
    }

    /// The path of a package in the cache, with the digest that the database states.
    private func place(_ package: ABI.V1.Package, in cache: ConfinedDirectory, _ host: Host) throws -> String {
        let path = cache.path(of: package.sha256)
        if cache.size(package.sha256) == package.size, try cache.digest(package.sha256) == package.sha256 {
            return path
        }
        cache.removeStrange(package.sha256)
        host.progress("fetching \(package.name)")
        try host.fetch(package.urls, to: path, sha256: package.sha256)
        return path
    }

    /// Takes signatures from the databases, or downloads them; throws where one is required and missing.
    private func collect(
        _ packages: [Resolution.Unproven],
        in own: ConfinedDirectory,
        _ host: Host
    ) throws {
        let cache = try ConfinedDirectory(context.cache, "signatures")
        for package in packages {
            try host.checkCancelled()
            let name = Self.fileName(package.sha256)
            if own.size(name) != nil { continue }
            if let text = package.signature, let bytes = Base64.decoded(text) {
                try own.write(name, bytes)
                continue
            }
            let cached = cache.path(of: name)
            do throws(ErrorObject) {
                if cache.size(name) == nil {
                    cache.remove(name)
                    host.progress("signature of \(package.name)")
                    try host.fetch(package.urls, to: cached)
                }
                // A signature has a few hundred bytes.
                guard let bytes = cache.read(name, limit: 1 << 20) else {
                    throw SystemFile.failure("read", cached, number: EINVAL)
                }
                try own.write(name, bytes)
            } catch {
                if error.code == ErrorObject.Code.cancelled.rawValue { throw error }
                if !package.isRequired { continue }
                throw ErrorObject(
                    code: .untrusted,
                    message: "neither the package \(package.name) nor the database of its repository is signed",
                    hint: "Choose another mirror; RepositoryKeyCheck=no accepts it",
                    subject: package.urls.first,
                    output: error.message
                )
            }
        }
    }

    /// Runs a check; if it fails, these packages and their signatures are downloaded again by the next build.
    private func forgetting(
        _ files: [InstallPlan.File],
        in cache: ConfinedDirectory,
        _ check: () throws -> Void
    ) throws {
        do {
            try check()
        } catch let error as ErrorObject where error.code == ErrorObject.Code.untrusted.rawValue {
            let signatures = try ConfinedDirectory(context.cache, "signatures")
            for file in files {
                cache.remove(file.sha256)
                signatures.remove(Self.fileName(file.sha256))
            }
            throw error
        }
    }
}
