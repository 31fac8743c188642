import LayerStore
import PluginWire
import Support
import System

extension BuildState {
    /// Runs the scripts of a kind as one line.
    func runScripts(
        _ kind: ScriptKind,
        _ title: String,
        arguments: [String],
        round: String
    ) throws(Failure) {
        try lines.run(title, kind.rawValue) { _ throws(Failure) in
            var runner = try scriptRunner()
            if let directory {
                runner.directories = try openSharedDirectories(for: kind, in: directory, runner.directories)
            }
            result.use = try watching(kind, runner) { () throws(Failure) in
                try runner.run(kind, arguments: arguments, round: round)
            }
        }
        cache?.reading.forgetSources()
    }

    /// Runs scripts, and returns what they have read, if known.
    private func watching(
        _ kind: ScriptKind,
        _ runner: ScriptRunner,
        _ body: () throws(Failure) -> Void
    ) throws(Failure) -> ScriptUse? {
        guard let cache, directory != nil else {
            try body()
            return nil
        }
        let before = try cache.reading.sourceDigests()
        var watch = try ScriptWatch(
            cache.reading,
            configuration: runner.directories.configuration,
            sources: runner.sources.areRead(openlyBy: kind)
        )
        try body()
        watch?.stop()
        cache.reading.forgetSources()
        hasMixedInputs = try cache.reading.sourceDigests() != before
        return try watch?.use(hasMixedInputs: hasMixedInputs)
    }

    /// Gives the scripts of the running step directories of their own, with what earlier steps have left in them.
    private func openSharedDirectories(
        for kind: ScriptKind,
        in directory: LayerDirectory,
        _ usual: ScriptRunner.Directories
    ) throws(Failure) -> ScriptRunner.Directories {
        var directories = usual
        for name in SharedDirectory.allCases where name.isSeen(by: kind) {
            let path = directory.shared(name)
            if !opened.contains(name) {
                try open(name, path)
                opened.insert(name)
            }
            switch name {
            case .destination: directories.destination = path
            case .output: directories.output = path
            case .packages: directories.packages = path
            case .artifacts: directories.artifacts = path
            }
        }
        return directories
    }

    private func open(_ name: SharedDirectory, _ path: String) throws(Failure) {
        do throws(SystemCallError) {
            try Files.makeDirectories(path)
        } catch {
            throw Failure(.system, "Cannot create a directory for scripts", cause: error)
        }
        if name.isHandedOn { try handOver(name, to: path) }
    }

    /// Copies what earlier scripts have left in a shared directory.
    func handOver(_ name: SharedDirectory, to path: String) throws(Failure) {
        guard let earlier = shared[name], !earlier.isEmpty else { return }
        var run = ABI.V1.Run(["cp", "-a", "--reflink=auto", "--", "\(earlier.path)/.", path])
        run.label = "passing on the results of scripts"
        var runner = runner
        runner.sandbox.tree = nil
        runner.sandbox.readable.append(earlier.path)
        runner.sandbox.writable.append(path)
        _ = try runner.run(run)
    }

    /// Takes over what the running step's scripts have left, as `measures` say it, in the order of the directories.
    func closeSharedDirectories(in directory: LayerDirectory, _ measures: [TreeMeasure]) {
        for (name, measure) in zip(openedDirectories, measures) {
            result.directories[name.rawValue] = StepResult.Content(digest: measure.digest, isEmpty: measure.isEmpty)
        }
        shared.merge(directory.sharedContents(of: result)) { $1 }
        opened = []
    }

    /// In a fixed order.
    var openedDirectories: [SharedDirectory] { SharedDirectory.allCases.filter(opened.contains) }
}
