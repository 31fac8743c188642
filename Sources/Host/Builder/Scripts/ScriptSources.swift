import ByteKeys
import Configuration
import Glibc
import Sandbox
import Support
import System

/// `BuildSources=` as the scripts of one kind see them: in place, or with changes that go elsewhere.
struct ScriptSources: Sendable {
    var settings: SettingsView<ScriptSourceSettings>
    var directories: LayerDirectories
    /// The directory of outputs.
    var outputDirectory: String
    /// The build directory, which may keep what build scripts change.
    var buildDirectory: String?
    var named = NamedPlaces()
    /// The places that scripts must not change because a file of the project says so; nil for none.
    var sensitive: SensitivePlaces?

    /// Mounts the sources for scripts of a kind; `round` distinguishes several runs of one kind.
    func steps(for kind: ScriptKind, round: String, runner: SandboxRunner) throws(Failure) -> [Plan.Step] {
        let ephemeral = settings.buildSourcesEphemeral
        let sources = Self.targets(of: settings.buildSources, runner.environment.pins)
        var steps: [Plan.Step] = [.directory(target: SandboxPaths.sources)]
        for (index, source) in sources.enumerated() {
            guard Files.isDirectory(source.path) else {
                throw Failure(
                    .missing,
                    "BuildSources=\(source.path) is not a directory",
                    hint: "Set by \(settings.origin(of: \.buildSources))"
                )
            }
            if let refusal = named.refusal(of: source.path), settings.origin(of: \.buildSources) != .standard {
                throw Failure(
                    .configuration,
                    "BuildSources=\(source.path) cannot be used: \(refusal)",
                    hint: "Set by \(settings.origin(of: \.buildSources))"
                )
            }
            defer { steps += GitRepository(of: source.path)?.steps(from: source.target) ?? [] }
            if kind == .build, let method = SourceTransfer.method(settings.sourceFileTransfer, source: source.path) {
                let copy = try directories.make("sources-\(round)-\(index)").upper
                let transfer = SourceTransfer(
                    settings: settings,
                    ownDirectories: [outputDirectory, buildDirectory].compactMap(\.self),
                    runner: runner
                )
                try transfer.copy(source.path, by: method, to: copy)
                steps.append(.writable(copy, at: source.target))
                continue
            }
            guard ephemeral != "no", kind.canBeEphemeral else {
                try checkChanges(of: source.path)
                steps.append(.writable(source.path, at: source.target))
                steps += try named.covers(of: source.path, at: source.target)
                continue
            }
            let changes =
                ephemeral == "buildcache" && kind == .build
                ? try kept(source) : try directories.make("sources-\(round)-\(index)")
            let isInside = Paths.isBelow(Paths.absolute(changes.upper), source.path)
            // The kernel refuses changes to a directory that are kept inside of it.
            let upper: Plan.Overlay.Upper =
                isInside ? .temporary : .directory(changes.upper, work: changes.work)
            steps.append(.overlay(Plan.Overlay(lower: [source.path], upper: upper, target: source.target)))
        }
        return steps
    }

    /// Throws for a directory of the user or the system that scripts would change because a file of the project names it.
    private func checkChanges(of path: String) throws(Failure) {
        let origin = settings.origin(of: \.buildSources)
        guard let sensitive, sensitive.contain(path) else { return }
        if path == sensitive.project || Paths.isBelow(path, sensitive.project) { return }
        switch origin {
        case .option, .standard: return
        case .file, .defaultPath: break
        }
        throw Failure(
            .configuration,
            "BuildSources=\(path) cannot be used: scripts could change files there that programs run or obey",
            hint: "Set by \(origin); BuildSourcesEphemeral=yes discards changes, and --build-sources= allows them"
        )
    }

    /// Returns true if what scripts of a kind open is all that they make something of.
    ///
    /// Build tools compare mtimes, and inotify does not report stat(2).
    /// Opens through an overlay are not reported.
    func areRead(openlyBy kind: ScriptKind) -> Bool {
        let hasBuilt = buildDirectory != nil && ScriptVariable.BUILDDIR.kinds.contains(kind)
        return kind != .build && !hasBuilt && settings.buildSourcesEphemeral == "no"
    }

    /// The sources with their places, those first that others are mounted in.
    static func targets(
        of sources: [Tree],
        _ pins: PinnedPaths = PinnedPaths()
    ) -> [(path: String, target: String)] {
        sources.map { tree in
            let target = (tree.target ?? "").split(separator: "/").joined(separator: "/")
            let path = pins.pinned(tree.source) ?? Paths.resolved(tree.source) ?? tree.source
            return (path, target.isEmpty ? SandboxPaths.sources : "\(SandboxPaths.sources)/\(target)")
        }.sorted { ByteText($0.target) < ByteText($1.target) }
    }

    private func kept(_ source: (path: String, target: String)) throws(Failure) -> (upper: String, work: String) {
        guard let buildDirectory else {
            throw Failure(
                .configuration,
                "BuildSourcesEphemeral=buildcache needs a directory for the changes",
                hint: "Set BuildDirectory="
            )
        }
        if Paths.isBelow(Paths.absolute(buildDirectory), source.path) {
            throw Failure(
                .configuration,
                "BuildSourcesEphemeral=buildcache cannot keep the changes to \(source.path) inside it",
                hint: "Set BuildDirectory= to a directory outside the build sources"
            )
        }
        let name = source.target.dropFirst(SandboxPaths.work.count).split(separator: "/").joined(separator: "-")
        let directory = Paths.join(buildDirectory, ".mkosi-sources")
        // Build scripts can write here: a link of theirs must not take the next build's changes elsewhere.
        for path in [directory, "\(directory)/\(name)", "\(directory)/\(name)/tree", "\(directory)/\(name)/work"] {
            guard let kind = Files.kind(of: path), kind != S_IFDIR else { continue }
            throw Failure(
                .configuration,
                "\(path) is not a directory, so changes to sources cannot be kept there",
                hint: "Remove it, or build with --wipe-build-dir"
            )
        }
        return try LayerDirectories(directory: directory).make(name)
    }
}
