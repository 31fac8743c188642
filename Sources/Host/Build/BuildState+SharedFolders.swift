import LayerStore
import PluginWire
import Support

extension BuildState {
    /// Runs the scripts of a kind as one line.
    func runScripts(
        _ kind: ScriptKind,
        _ title: String,
        arguments: [String] = [],
        round: String? = nil
    ) throws(Failure) {
        try step(title, kind.rawValue) { _ throws(Failure) in
            var runner = try scriptRunner()
            if let folder { runner.folders = try openSharedFolders(for: kind, in: folder, runner.folders) }
            result.use = try watching(kind, runner) { () throws(Failure) in
                try runner.run(kind, arguments: arguments, round: round)
            }
        }
        cache?.reading.forgetSources()
    }

    /// Lets scripts run, and says what they have read, where that can be told.
    private func watching(
        _ kind: ScriptKind,
        _ runner: ScriptRunner,
        _ body: () throws(Failure) -> Void
    ) throws(Failure) -> ScriptUse? {
        guard let cache, folder != nil else {
            try body()
            return nil
        }
        let before = try cache.reading.sourceDigests()
        var watch = try ScriptWatch(
            cache.reading,
            configuration: runner.folders.configuration,
            sources: runner.sources.areRead(openlyBy: kind)
        )
        try body()
        watch?.stop()
        cache.reading.forgetSources()
        hasMixedSources = try cache.reading.sourceDigests() != before
        return try watch?.use(hasMixedSources: hasMixedSources)
    }

    /// Gives the scripts of the running step folders of their own, with what earlier steps have left in them.
    private func openSharedFolders(
        for kind: ScriptKind,
        in folder: LayerFolder,
        _ usual: ScriptRunner.Folders
    ) throws(Failure) -> ScriptRunner.Folders {
        var folders = usual
        for name in SharedFolder.allCases where name.isSeen(by: kind) {
            let path = folder.shared(name)
            if !opened.contains(name) {
                try open(name, path)
                opened.insert(name)
            }
            switch name {
            case .destination: folders.destination = path
            case .output: folders.output = path
            case .packages: folders.packages = path
            case .artifacts: folders.artifacts = path
            }
        }
        return folders
    }

    private func open(_ name: SharedFolder, _ path: String) throws(Failure) {
        do throws(SystemCallError) {
            try Files.makeDirectories(path)
        } catch {
            throw Failure(.system, "Cannot make a folder for scripts", cause: error)
        }
        if name.isHandedOn { try handOver(name, to: path) }
    }

    /// Copies what earlier scripts have left in a shared folder.
    func handOver(_ name: SharedFolder, to path: String) throws(Failure) {
        guard let earlier = shared[name], !earlier.isEmpty else { return }
        var run = ABI.V1.Run(["cp", "-a", "--reflink=auto", "--", "\(earlier.path)/.", path])
        run.label = "handing on what scripts have made"
        run.mounts = [ABI.V1.Mount(source: earlier.path, target: earlier.path)]
        var runner = runner
        runner.sandbox.tree = nil
        runner.sandbox.writable.append(path)
        _ = try runner.run(run)
    }

    /// Takes over what the running step's scripts have left, as `measures` say it, in the order of the folders.
    func closeSharedFolders(in folder: LayerFolder, _ measures: [TreeMeasure]) {
        for (name, measure) in zip(openedFolders, measures) {
            result.folders[name.rawValue] = StepResult.Content(digest: measure.digest, isEmpty: measure.isEmpty)
        }
        shared.merge(folder.sharedContents(of: result)) { $1 }
        opened = []
    }

    /// In a fixed order.
    var openedFolders: [SharedFolder] { SharedFolder.allCases.filter(opened.contains) }
}
