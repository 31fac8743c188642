import ByteKeys
import Configuration
import Display
import Execution
import LockFile
import PluginWire
import Support
import System

/// One request for packages, asked so that the answer can be locked.
struct LockConversation {
    let image: PackageImage
    let environment: BuildEnvironment
    let packages: PackageManagement
    let request: PackageRequest
    /// The packages that the tree has by then.
    let present: [ABI.V1.Package]
    /// A tree that is there already.
    let root: String?

    func run(_ earlier: LockFile, _ update: PackageQuery.Update) throws(Failure) -> LockFile.Entry {
        let subject = request.subject(for: image)
        let old = earlier.entry(subject)
        let kept = try fetchKept(old, update)
        let resolved = try step("Resolving the \(title) of the image \(image.name)") { line throws(Failure) in
            let answer: ABI.V1.Resolved
            do throws(Failure) {
                answer = try packages.resolve(request, in: root, line) { message in
                    message.allPlaces = true
                    if !present.isEmpty { message.present = present }
                    if !kept.isEmpty { message.keep = kept }
                }
            } catch {
                guard request.purpose == .volatile, !image.buildScripts.isEmpty, error.code != .cancelled else {
                    throw kept.isEmpty ? error : Self.explained(error)
                }
                answer = try resolveWithoutBuilt(line)
            }
            return (answer, "\(answer.packages.count) packages")
        }
        var entry = LockFile.Entry(subject)
        entry.asked = request.asked(by: image)
        entry.indexes = resolved.indexes.map { LockFile.Index(url: $0.url, sha256: $0.sha256) }
        entry.packages = try withoutPresent(resolved.packages).map { place($0, kept, old) }
        entry.order = old?.order ?? [:]
        // A plugin may download packages to check them, unless they are in its cache: that is no file of its own.
        let known = ByteSet(entry.indexes.map(\.url) + resolved.packages.flatMap(\.urls))
        entry.files = packages.takeFetches().filter { known.isDisjoint(with: $0.urls) }
        warnOfChanges(kept, entry.packages)
        return entry
    }

    private var title: String {
        switch request.purpose {
        case .packages: "packages"
        case .build: "build packages"
        case .volatile: "volatile packages"
        }
    }

    /// The packages of those names that the distribution has; the others are for build scripts to make.
    private func resolveWithoutBuilt(_ line: Step) throws(Failure) -> ABI.V1.Resolved {
        func resolve(_ names: [String]) throws(Failure) -> ABI.V1.Resolved {
            let part = PackageRequest(purpose: request.purpose, names: names, sets: request.sets)
            return try packages.resolve(part, in: root, line) { message in
                message.allPlaces = true
                message.present = present
            }
        }
        var known: [String] = []
        for name in request.names {
            try environment.cancellation.check()
            if (try? resolve([name])) != nil { known.append(name) }
        }
        if known.isEmpty { return ABI.V1.Resolved(packages: [], indexes: []) }
        return try resolve(known)
    }

    // MARK: - What stays

    /// The packages that are not to become newer, on disk: a repository need not have them any more.
    private func fetchKept(
        _ entry: LockFile.Entry?,
        _ update: PackageQuery.Update
    ) throws(Failure) -> [ABI.V1.Package] {
        let kept: [ABI.V1.Package]
        switch update {
        case .everything: return []
        case .nothing: kept = entry?.packages ?? []
        case .named(let names): kept = (entry?.packages ?? []).filter { !names.contains($0.name) }
        }
        // Those of the user's own directories are what they are now.
        let remote = kept.filter { !$0.urls.contains { $0.hasPrefix("local:") } }
        if remote.isEmpty { return [] }
        return try step("Downloading packages that stay the same") { line throws(Failure) in
            try packages.fetch(remote, line)
        }
    }

    /// A newer version may need what is to be kept in a newer version, too.
    private static func explained(_ error: Failure) -> Failure {
        guard error.code == .plugin || error.code == .missing else { return error }
        var error = error
        let hint = "It may need newer versions of locked packages; mkosi lock --update updates all packages"
        error.hint = error.firstHint.map { "\($0); \(hint)" } ?? hint
        return error
    }

    private func warnOfChanges(_ kept: [ABI.V1.Package], _ chosen: [ABI.V1.Package]) {
        let digests = Set(chosen.map(\.sha256))
        let changed = kept.filter { old in
            !digests.contains(old.sha256)
                && chosen.contains { PackageIdentity($0).ofAllVersions == PackageIdentity(old).ofAllVersions }
        }
        if changed.isEmpty { return }
        let names = changed.prefix(10).map(\.name).joined(separator: ", ")
        environment.display.log(.warning, "These packages could not be kept at their version: \(printable(names))")
    }

    // MARK: - The answer

    /// The answer without what is in the tree by then; another version of that would be a second one.
    private func withoutPresent(_ answer: [ABI.V1.Package]) throws(Failure) -> [ABI.V1.Package] {
        let digests = Set(present.map(\.sha256))
        let names = Set(present.map { PackageIdentity($0) })
        let rest = answer.filter { !digests.contains($0.sha256) }
        if let other = rest.first(where: { names.contains(PackageIdentity($0)) }) {
            throw Failure(
                .plugin,
                "The \(title) of the image \(image.name) need \(printable(other.name)) \(printable(other.version)), "
                    + "but the image has another version",
                hint: "mkosi lock --update resolves all packages of the image together"
            )
        }
        return rest
    }

    /// The package with all its download locations, including those of the lock file.
    private func place(
        _ package: ABI.V1.Package,
        _ kept: [ABI.V1.Package],
        _ old: LockFile.Entry?
    ) -> ABI.V1.Package {
        var package = package
        package.path = nil
        package.urls = package.urls.map { LocalPlace.locked($0, in: packages.context.localRepository) }
        if let known = old?.packages.first(where: { $0.sha256 == package.sha256 }) {
            package.urls = known.urls + package.urls.filter { !known.urls.containsBytes(of: $0) }
        }
        return package
    }

    private func step<Result>(
        _ title: String,
        _ body: (Step) throws(Failure) -> (Result, note: String?)
    ) throws(Failure) -> Result {
        try environment.lines.noted(title, "lock", body)
    }
}
