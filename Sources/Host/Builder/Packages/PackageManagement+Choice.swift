import ByteKeys
import Configuration
import Display
import JSON
import LockFile
import PluginHost
import PluginWire
import Support
import System

/// The choice of the packages to install: by the lock file, the last build, or the distribution.
extension PackageManagement {
    /// Returns the request of an image; `isNew` says that its tree has no packages yet.
    func request(_ purpose: PackagePurpose, isNew: Bool) -> PackageRequest {
        let sets = isNew ? PackageSetChoice.names(distribution.description, for: image) : []
        return PackageRequest(purpose: purpose, names: purpose.names(in: image), sets: sets)
    }

    /// Decides which packages are installed; `isNew` says that the tree has none yet.
    ///
    /// Resolved from the lock file, or the last build unless newer packages are requested, or by the distribution.
    @discardableResult
    func choose(
        _ purpose: PackagePurpose,
        isNew: Bool,
        above base: [ABI.V1.Package]
    ) throws(Failure) -> [ABI.V1.Package] {
        if let packages = chosen[purpose] { return packages }
        let request = request(purpose, isNew: isNew)
        let title: String
        var packages: [ABI.V1.Package]?
        if let lock {
            title = "Reading the packages in \(Paths.name(lock.path))"
            packages = try lock.packages(for: request, of: image, localRepository: context.localRepository)
        } else {
            packages = try cache?.chosen(request, above: base)
            title = packages == nil ? "Resolving packages" : "Using the packages of the last build"
        }
        let source = lock != nil ? BuildEvent.PackageSource.lockFile : packages != nil ? .lastBuild : .repositories
        let result = try environment.lines.noted(title, "resolve") { line throws(Failure) in
            let result: [ABI.V1.Package]
            if let packages, lock != nil, purpose == .volatile, !image.buildScripts.isEmpty {
                result = try chooseBuilt(request, alongside: packages, line)
            } else if let packages {
                result = packages
            } else {
                cache?.checkAhead()
                if let more = try resolveFurther(request, above: base, line) {
                    result = more
                } else {
                    // What is in the tree is the image's own.
                    let question = isNew ? try cache?.question(request, above: base) : nil
                    result = try resolve(request, in: isNew ? nil : root, sharedAs: question, line).packages
                }
                try cache?.remember(result, for: request, above: base)
            }
            let size = result.saturatedSum(\.size)
            return (result, "\(result.count) packages, \(Format.bytes(size))")
        }
        environment.display.send(.packagesResolved(purpose: purpose.rawValue, source: source, result.map(\.event)))
        chosen[purpose] = result
        return result
    }

    /// The packages of the last build with additional requested ones; nil if the request changed otherwise.
    ///
    /// Newer packages were not requested, so these stay, and additional ones can be installed on top of them.
    private func resolveFurther(
        _ request: PackageRequest,
        above base: [ABI.V1.Package],
        _ line: Step
    ) throws(Failure) -> [ABI.V1.Package]? {
        guard let earlier = try cache?.chosenForLess(request, above: base) else { return nil }
        let answer: ABI.V1.Resolved
        do throws(Failure) {
            answer = try resolveFurther(request, alongside: earlier, line)
        } catch {
            // Together with newer versions of the others it may be possible.
            if error.code == .cancelled { throw error }
            return nil
        }
        let digests = Set(earlier.map(\.sha256))
        // A second kernel would come only because it is newer.
        let names = Set(earlier.map { PackageIdentity($0).ofAllVersions })
        let new = answer.packages.filter { !digests.contains($0.sha256) }
        return new.contains { names.contains(PackageIdentity($0).ofAllVersions) } ? nil : earlier + new
    }

    /// Uses current indexes before it queries repositories, because newer packages were not requested.
    private func resolveFurther(
        _ request: PackageRequest,
        alongside earlier: [ABI.V1.Package],
        _ line: Step
    ) throws(Failure) -> ABI.V1.Resolved {
        if context.localRepository == nil, age.isRecent {
            do throws(Failure) {
                return try resolve(request, in: nil, offline: true, line) { message in
                    message.present = earlier
                    message.context.settings?[settingName(.cacheOnly)] = .string("metadata")
                }
            } catch {
                if error.code == .cancelled { throw error }
            }
        }
        return try resolve(request, in: nil, line) { $0.present = earlier }
    }

    /// Returns whether a URL is in the directory of the user's packages, which each build recreates.
    static func isLocal(_ url: String) -> Bool { url.hasPrefix("file:") && url.contains("/local-repository/") }

    /// Packages that build scripts may have made, chosen among those and what the lock file names.
    private func chooseBuilt(
        _ request: PackageRequest,
        alongside locked: [ABI.V1.Package],
        _ line: Step
    ) throws(Failure) -> [ABI.V1.Package] {
        let kept = try fetch(locked, line).packages
        let answer: ABI.V1.Resolved
        do throws(Failure) {
            answer = try resolve(request, in: root, offline: true, line) { message in
                message.keep = kept
                message.closed = true
            }
        } catch {
            var error = error
            let hint = "Packages that build scripts do not create must be in the lock file"
            error.hint = error.firstHint.map { "\(hint). \($0)" } ?? hint
            throw error
        }
        let digests = Set(locked.map(\.sha256))
        let foreign = answer.packages.first { package in
            !digests.contains(package.sha256) && !package.urls.allSatisfy(Self.isLocal)
        }
        if let foreign {
            throw Failure(.plugin, "The plugin selected \(printable(foreign.name)), which is not in the lock file")
        }
        return answer.packages
    }

    /// Returns true if a request can be answered without asking the distribution.
    func isDecided(_ request: PackageRequest, above base: [ABI.V1.Package]) throws(Failure) -> Bool {
        if lock != nil { return true }
        return try cache?.chosen(request, above: base) != nil
    }
}

extension ABI.V1.Package {
    /// The package as an event has it.
    fileprivate var event: BuildEvent.Package {
        BuildEvent.Package(name: name, version: version, architecture: architecture, size: size)
    }
}
