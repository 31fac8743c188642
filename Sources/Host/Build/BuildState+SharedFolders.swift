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
            var runner = scriptRunner
            if let folder { runner.folders = try openSharedFolders(for: kind, in: folder, runner.folders) }
            let isOpen = runner.sources.areRead(openlyBy: kind)
            let watch = try cache.flatMap { cache throws(Failure) in
                try ScriptWatch(cache.reading, configuration: runner.folders.configuration, sources: isOpen)
            }
            try runner.run(kind, arguments: arguments, round: round)
            cache?.reading.forgetSources()
            result.use = try watch?.finish()
        }
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
