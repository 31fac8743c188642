import DistributionKit
import Glibc
import PluginKit
import PluginWire
import System

/// The signatures of packages whose repository has an unsigned database, as that of Arch Linux is.
///
/// They are collected when packages are resolved, and checked before the first package is installed.
struct PackageSignatures {
    /// Has a file for each package, by the digest of the package.
    let directory: String
    private let context: ABI.V1.Context

    init(_ context: ABI.V1.Context) {
        self.context = context
        directory = "\(context.workspace)/package-signatures"
    }

    static func fileName(_ digest: String) -> String { "\(digest).sig" }

    /// Takes signatures from the databases, or downloads them.
    ///
    /// With `checksNow` the packages are downloaded, too, and checked: a lock file has no signatures, so builds
    /// with it trust the digests alone.
    func collect(_ resolution: Resolution, checksNow: Bool, host: Host) throws {
        if resolution.unproven.isEmpty { return }
        try SystemFile.makeDirectories(directory, mode: 0o700)
        for package in resolution.unproven {
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
        if checksNow { try check(resolution, host) }
    }

    private func check(_ resolution: Resolution, _ host: Host) throws {
        let digests = Set(resolution.unproven.map(\.sha256))
        let files = try resolution.packages.filter { digests.contains($0.sha256) }.map { package in
            try host.checkCancelled()
            let path = "\(directory)/\(package.sha256)"
            host.progress("checking \(package.name)")
            try host.fetch(package.urls, to: path, sha256: package.sha256)
            return InstallPlan.File(name: package.name, path: path, sha256: package.sha256)
        }
        defer { for file in files { unlink(file.path) } }
        var plan = InstallPlan(phase: .check, root: "", packages: files)
        plan.signatures = directory
        plan.scratch = context.workspace
        try forgetting(files) {
            _ = try ToolRun(host: host, context: context, place: .workspace(context)).run(
                "install",
                plan: { pipe in
                    plan.channel = pipe
                    return plan
                },
                change: { $0.label = "check" }
            )
        }
    }

    /// Runs a check; if it fails, the signatures of these packages are downloaded again by the next build.
    func forgetting<Result>(_ files: [InstallPlan.File], _ check: () throws -> Result) throws -> Result {
        do {
            return try check()
        } catch let error as ErrorObject where error.code == ErrorObject.Code.untrusted.rawValue {
            for file in files { unlink("\(context.cache)/signatures/\(Self.fileName(file.sha256))") }
            throw error
        }
    }
}
