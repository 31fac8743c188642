import ByteKeys
import Configuration
import Display
import LockFile
import PluginHost
import PluginWire
import Support
import System

/// Requests to the distribution's plugin.
extension PackageManagement {
    /// Asks the distribution to resolve the packages.
    func resolve(
        _ request: PackageRequest,
        in root: String?,
        offline: Bool = false,
        sharedAs question: String? = nil,
        _ line: Step,
        change: (inout ABI.V1.Resolve) -> Void = { _ in }
    ) throws(Failure) -> ABI.V1.Resolved {
        var message = ABI.V1.Resolve(
            context: context,
            packages: request.names,
            packageSets: request.sets,
            root: root
        )
        change(&message)
        let refreshes = message.context == context
        // Packages of the user's own are indexed again in each build, and with them everything that is derived.
        if context.localRepository == nil, message.closed != true {
            message.context.derived = try cache?.derivedDirectory(inputs, variables: runner.sandbox.namedVariables)
        }
        services.derived = message.context.derived
        defer { services.derived = nil }
        services.networkAllowed = !offline && image.cacheOnly != "always"
        defer { services.networkAllowed = false }
        services.begin(line, "resolve", caches: .metadata)
        // The index files are those of all images of this release; one brings them up to date for the others.
        let claim = try DirectoryClaim(caches.metadata, isDirectory: true, cancellation: environment.cancellation)
        defer { withExtendedLifetime(claim) {} }
        if let answer = question.flatMap(environment.answers.find) {
            environment.display.log(.debug, "another image has requested the same packages")
            return answer
        }
        let resolved = try session.request(message)
        // Packages of the one image's own directories are no answer for others.
        if let question, !resolved.packages.contains(where: { $0.urls.contains(where: Self.isLocal) }) {
            environment.answers.add(resolved, to: question)
        }
        if services.networkAllowed, refreshes { age.note() }
        return resolved
    }

    /// The packages with private copies of their files, downloaded and checked.
    func fetch(_ packages: [ABI.V1.Package], _ line: Step) throws(Failure) -> (
        packages: [ABI.V1.Package], note: String?
    ) {
        let (placed, outcome): ([ABI.V1.Package], Fetcher.Outcome)
        do throws(Failure) {
            (placed, outcome) = try store.copy(packages, to: runner.sandbox.packages, with: fetcher, step: line)
        } catch {
            age.forget()
            throw error
        }
        let fetched = "\(outcome.fetched) downloaded (\(Format.bytes(outcome.bytes)))"
        return (placed, "\(fetched), \(outcome.cached) in the cache")
    }

    /// Returns the items of these packages that have to be downloaded.
    func missing(_ packages: [ABI.V1.Package]) throws(Failure) -> [ABI.V1.Package] { try store.missing(packages) }

    /// Fetches and installs packages.
    ///
    /// - Parameters:
    ///   - part: The packages.
    ///   - below: What is installed in the tree; nil if that is unknown.
    /// - Throws: a failure if something cannot be downloaded or installed, or if the tree has other packages afterwards.
    /// - Returns: The newest time that the packages carry, and what is installed afterwards.
    func install(
        _ part: PackagePart,
        above below: [ABI.V1.InstalledPackage]?
    ) throws(Failure) -> (timestamp: Int?, packages: [ABI.V1.InstalledPackage]) {
        let later = decidedLater(than: part)
        try checkRoom(for: part, later)
        let fetched = try environment.lines.noted("Fetching packages", "fetch") { line throws(Failure) in
            prefetch?.wait(environment.cancellation)
            prefetch = nil
            return try fetch(part.packages, line)
        }
        prefetch = Prefetch(later, to: store, environment: environment, fetcher: fetcher)
        let count = "\(fetched.count) \(part.isAddition ? "further " : "")package\(fetched.count == 1 ? "" : "s")"
        return try environment.lines.run("Installing \(count)", "install") { line throws(Failure) in
            // What skeleton trees have brought, and what scripts have installed, is not the plugin's.
            let isEmpty = part.isNew && image.skeletonTrees.isEmpty
            let known = isEmpty ? [] : below
            let before = if let known { known } else { try inspect(line).packages }
            services.begin(line, "install")
            let answer = try environment.jobs.share { jobs throws(Failure) in
                var request = ABI.V1.Install(context: context, root: root, packages: fetched, jobs: jobs)
                // A tree whose database lists nothing as installed may still have one.
                request.extends = before.isEmpty && !isEmpty ? nil : !isEmpty
                return try session.request(request)
            }
            let after = if let packages = answer.packages { packages } else { try inspect(line).packages }
            do throws(AnswerFlaw) {
                try InstalledDifference.check(part.packages, before: before, after: after)
            } catch {
                throw distribution.plugin.violation(error)
            }
            return (answer.timestamp, after)
        }
    }

    func remove(_ names: [String], _ line: Step) throws(Failure) {
        services.begin(line, "remove")
        _ = try session.request(ABI.V1.Remove(context: context, root: root, names: names))
    }

    func inspect(_ line: Step, licenses: Bool = false) throws(Failure) -> ABI.V1.Inspected {
        services.begin(line, "inspect")
        return try session.request(ABI.V1.Inspect(context: context, root: root, licenses: licenses ? true : nil))
    }

    /// The packages that paths of the tree come from; none where the plugin cannot tell.
    func owners(of paths: [String]) throws(Failure) -> ByteDictionary<[String]> {
        services.beginHidden("owners")
        let request = ABI.V1.Owners(context: context, root: root, paths: paths)
        return try session.requestIfSupported(request)?.owners ?? [:]
    }
}
