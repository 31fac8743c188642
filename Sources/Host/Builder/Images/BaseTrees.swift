import Configuration
import LayerStore
import Support
import System
import TreeWire

/// `BaseTrees=`: directories that are used below the image's own layers, and archives and disk images that are unpacked for it.
struct BaseTrees {
    let image: ImageConfiguration
    /// The directories of archives that are unpacked for this build alone.
    let directories: LayerDirectories
    let runner: SandboxRunner
    /// Keeps what was unpacked for later builds; nil: nothing is kept.
    var cache: LayerCache?

    /// The directories, from the bottom.
    func unpacked() throws(Failure) -> [String] {
        var result: [String] = []
        for (index, path) in image[.baseTrees].enumerated() {
            let hint = "Set by \(image.origin(of: .baseTrees))"
            guard let source = try runner.environment.pins.resolved(path) else {
                throw Failure(.missing, "BaseTrees= names \(path), which does not exist", hint: hint)
            }
            if Files.isDirectory(source) {
                result.append(source)
            } else if TreeCopies.isBase(source) {
                result.append(try unpack(source, "base-\(index)"))
            } else {
                let message = "BaseTrees= names \(path), which is neither a directory, a tar file nor a disk image"
                throw Failure(.configuration, message, hint: hint)
            }
        }
        return result
    }

    private func unpack(_ archive: String, _ name: String) throws(Failure) -> String {
        guard let cache, !cache.isReadOnly else {
            let directory = try directories.begin(name)
            try unpack(archive, to: directory)
            return directory.tree
        }
        let inputs = try cache.reading.inputs(ofArchive: archive)
        if let kept = try cache.find(name, inputs) { return kept.directory.tree }
        let directory = try cache.begin(name, inputs)
        try unpack(archive, to: directory)
        let sealing = LayerSealing(installation: runner.environment.installation)
        let measures = try sealing.run(TreeSeal(measures: [TreeSeal.Measure(directory.tree, as: .layer)]))
        guard let measure = measures.first else { return directory.tree }
        let isMixed = try cache.reading.inputs(ofArchive: archive) != inputs
        return try cache.publish(name, measure, StepResult(), isMixed: isMixed)?.directory.tree ?? directory.tree
    }

    private func unpack(_ archive: String, to directory: LayerDirectory) throws(Failure) {
        var runner = runner
        runner.sandbox.writable.append(directory.tree)
        var edit = TreeEdit(.unpack, "/", source: archive)
        edit.replacesTop = true
        try ImageTree(path: directory.tree, runner: runner).apply([edit])
    }
}
