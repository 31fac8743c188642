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

    /// `keyring` is a directory with keys that were fetched.
    init(_ context: ABI.V1.Context, keyring: String? = nil) {
        self.context = context
        self.keyring = keyring
        directory = "\(context.workspace)/package-signatures"
    }

    static func fileName(_ digest: String) -> String { "\(digest).sig" }

    /// Downloads the packages that no signed database vouches for, and checks their signatures.
    ///
    /// - Returns: The paths of those packages in the cache, by their digests.
    func check(_ resolution: Resolution, host: Host) throws -> [String: String] {
        if resolution.unproven.isEmpty { return [:] }
        try SystemFile.makeDirectories(directory, mode: 0o700)
        try collect(resolution.unproven, host)
        let signed = Set(
            resolution.unproven.map(\.sha256).filter { SystemFile.exists("\(directory)/\(Self.fileName($0))") }
        )
        let packages = resolution.packages.filter { signed.contains($0.sha256) }
        if packages.isEmpty { return [:] }
        try SystemFile.makeDirectories("\(context.cache)/packages")
        let files = try packages.map { package in
            try host.checkCancelled()
            return InstallPlan.File(name: package.name, path: try place(package, host), sha256: package.sha256)
        }
        var plan = InstallPlan(phase: .check, root: "", packages: files)
        plan.signatures = directory
        plan.keyring = keyring
        plan.scratch = context.workspace
        try forgetting(files) {
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
    private func place(_ package: ABI.V1.Package, _ host: Host) throws -> String {
        let path = "\(context.cache)/packages/\(package.sha256)"
        if SystemFile.size(path) == package.size, try Digest.ofFile(path) == package.sha256 { return path }
        host.progress("fetching \(package.name)")
        try host.fetch(package.urls, to: path, sha256: package.sha256)
        return path
    }

    /// Takes signatures from the databases, or downloads them; throws where one is required and missing.
    private func collect(_ packages: [Resolution.Unproven], _ host: Host) throws {
        for package in packages {
            try host.checkCancelled()
            let path = "\(directory)/\(Self.fileName(package.sha256))"
            if SystemFile.exists(path) { continue }
            if let text = package.signature, let bytes = Base64.decoded(text) {
                try SystemFile.write(path, bytes)
                continue
            }
            let cached = "\(context.cache)/signatures/\(Self.fileName(package.sha256))"
            do throws(ErrorObject) {
                if SystemFile.read(cached) == nil {
                    try SystemFile.makeDirectories("\(context.cache)/signatures")
                    host.progress("signature of \(package.name)")
                    try host.fetch(package.urls, to: cached)
                }
                guard let bytes = SystemFile.read(cached) else { throw SystemFile.failure("read", cached) }
                try SystemFile.write(path, bytes)
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
    private func forgetting(_ files: [InstallPlan.File], _ check: () throws -> Void) throws {
        do {
            try check()
        } catch let error as ErrorObject where error.code == ErrorObject.Code.untrusted.rawValue {
            for file in files {
                unlink(file.path)
                unlink("\(context.cache)/signatures/\(Self.fileName(file.sha256))")
            }
            throw error
        }
    }
}
