public import ByteKeys
import Configuration
import Display
import Execution
public import LockFile
import PluginHost
import PluginWire
import Sandbox
public import Support
import System

extension PackageQuery {
    /// The packages that may become newer.
    public enum Update: Sendable, Equatable {
        /// None: only newly requested packages are resolved.
        case nothing
        /// These, and what they need.
        case named(ByteSet)
        case everything
    }

    /// The entries of the image; none for a tree of one's own.
    ///
    /// `earlier` is the lock file as it is, and `update` says which packages may become newer; `base` is what the
    /// image's base trees have, where other images of the project make them.
    public func entries(earlier: LockFile, update: Update, base: [LockFile.Entry]?) throws(Failure) -> [LockFile.Entry]
    {
        let distribution = try catalogue.distribution(of: image)
        if distribution.description.custom == true { return [] }
        guard distribution.plugin.hasCode else {
            throw Failure(
                .plugin,
                "Cannot lock the image \(image.name): the plugin \(distribution.plugin.name) has no code yet"
            )
        }
        let requests = PackageRequest.all(for: image, distribution.description)
        if update == .nothing, isSame(base ?? [], in: earlier), let entries = unchanged(requests, earlier) {
            return entries
        }
        return try Workspace.with(for: image, environment, variables) { workspace throws(Failure) in
            try resolve(requests, distribution, earlier, update, base, in: workspace)
        }
    }

    /// Returns true if base trees had the same packages when the lock file was written.
    ///
    /// What they have is not installed again.
    private func isSame(_ base: [LockFile.Entry], in earlier: LockFile) -> Bool {
        let images = ByteSet(base.map(\.subject.image))
        let before = earlier.entries.filter { entry in
            images.contains(entry.subject.image) && entry.subject.purpose != PackagePurpose.build.rawValue
        }
        func digests(_ entries: [LockFile.Entry]) -> [LockFile.Subject: ByteSet] {
            Dictionary(entries.map { ($0.subject, ByteSet($0.packages.map(\.sha256))) }) { $0.union($1) }
        }
        return digests(before) == digests(base)
    }

    /// The existing entries, if the request has not changed.
    private func unchanged(_ requests: [PackageRequest], _ earlier: LockFile) -> [LockFile.Entry]? {
        var entries: [LockFile.Entry] = []
        for request in requests {
            guard let entry = earlier.entry(request.subject(for: PackageImage(image))) else { return nil }
            let changes = entry.changes(asked: request.asked(by: PackageImage(image)))
            guard changes.added.isEmpty, changes.removed.isEmpty else { return nil }
            entries.append(entry)
        }
        return entries
    }

    private func resolve(
        _ requests: [PackageRequest],
        _ distribution: PluginCatalogue.Distribution,
        _ earlier: LockFile,
        _ update: Update,
        _ base: [LockFile.Entry]?,
        in workspace: borrowing Workspace
    ) throws(Failure) -> [LockFile.Entry] {
        let scripting = ScriptWorkspace(image: image, environment: environment, variables: variables)
        let sandbox = scripting.sandbox(workspace, readable: [])
        _ = try scripting.runner(workspace, sandbox, hasBuildDirectory: false)
        let packages = try packageManagement(distribution, sandbox, workspace)
        defer { packages.shutdown() }
        packages.recordsFetches = true
        var root: String?
        if base == nil, !image[.baseTrees].isEmpty {
            let directories = LayerDirectories(directory: workspace.layers)
            let runner = SandboxRunner(sandbox: sandbox, environment: environment)
            let trees = try BaseTrees(image: image, directories: directories, runner: runner).unpacked()
            packages.tree = LayeredTree(path: workspace.root, of: trees)
            root = workspace.root
        }
        try environment.lines.run("Configuring the package manager of the image \(image.name)", "lock") {
            line throws(Failure) in
            try packages.configure(line)
        }
        var entries: [LockFile.Entry] = []
        for request in requests {
            // Build packages are there for build scripts alone: what comes later is installed without them.
            let below = entries.filter { $0.subject.purpose != PackagePurpose.build.rawValue }
            let conversation = LockConversation(
                image: packages.image,
                environment: environment,
                packages: packages,
                request: request,
                present: ((base ?? []) + below).flatMap(\.packages),
                root: root
            )
            entries.append(try conversation.run(earlier, update))
        }
        return entries
    }
}

extension PackageRequest {
    /// All requests of an image, in the order of its build.
    static func all(
        for image: ImageConfiguration,
        _ distribution: ABI.V1.DistributionDescription
    ) -> [PackageRequest] {
        let image = PackageImage(image)
        let isNew = image.baseTrees.isEmpty
        let sets = isNew ? PackageSetChoice.names(distribution, for: image) : []
        return PackagePurpose.allCases.compactMap { purpose in
            let names = purpose.names(in: image)
            let own = purpose == .packages ? sets : []
            let isNeeded = purpose == .packages ? isNew || !names.isEmpty : !names.isEmpty
            return isNeeded ? PackageRequest(purpose: purpose, names: names, sets: own) : nil
        }
    }
}
