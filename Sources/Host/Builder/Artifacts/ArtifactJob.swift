import Artifacts
import ByteKeys
import Configuration
import Crypto
import Display
import Execution
import Glibc
import JSON
import LayerStore
import PluginHost
import PluginWire
import Support
import System

/// The directory of an artifact and its files, in their order, each with its digest.
struct KeptArtifact: Sendable {
    var directory: String
    var files: [ABI.V1.ArtifactFile]
    var facts: ByteDictionary<String> = [:]
}

/// One request for an artifact, with all that a thread of its own needs for it.
struct ArtifactJob: Sendable {
    var index: Int
    var item: ArtifactPlan.Item
    /// Nil for kernels, which the host takes from the tree.
    var maker: PluginCatalogue.Artifact?
    var given: [MadeArtifact]
    /// The directory with the files that scripts have left for it, if there are any.
    var directory: String?
    /// The stated facts about artifacts that it does not get.
    var facts: ByteDictionary<String>
    /// The facts about the host that settings ask for.
    var host: ByteDictionary<String>
    /// The further work of the build on the tree; nil for an artifact that reads parts of it.
    var outlook: TreeOutlook?
    /// True if other steps are named by what is in the files.
    var isDigested: Bool
    /// Nil where nothing is kept.
    var inputs: LayerInputs?
    var store: (any LayerKeeping)?
    var runner: SandboxRunner
    /// Values of the settings that the description of the kind declares.
    var settings: PluginSettings
    var architecture: String
    var fetcher: Fetcher
    var root: String?
    var workspace: String
    var sourceDateEpoch: Int?

    private var environment: BuildEnvironment { runner.environment }

    func result(jobs: Int) -> Result<KeptArtifact, Failure> {
        do throws(Failure) {
            return .success(
                try environment.display.step(item.id, because: .notCached) {
                    () throws(Failure) in
                    try environment.lines.run(item.id.title, item.name) { line throws(Failure) in
                        try make(jobs, line)
                    }
                }
            )
        } catch {
            return .failure(error)
        }
    }

    /// Makes the files in a directory of the store, or in the workspace where nothing is kept.
    private func make(_ jobs: Int, _ line: Step) throws(Failure) -> KeptArtifact {
        guard let store, let inputs else {
            let directory = "\(workspace)/made-artifacts/\(item.name)"
            do throws(SystemCallError) {
                try Files.makeDirectories(directory)
            } catch {
                throw Failure(.system, "Cannot make a directory for an artifact", cause: error)
            }
            return try make(in: directory, jobs, line)
        }
        let beginning = try store.makeOrWait(inputs.key, check: environment.cancellation.check)
        switch consume beginning {
        case .made(let held):
            guard let kept = KeptArtifact(held.record, directory: held.tree) else {
                throw Failure(.system, "What is kept of \(item.title) cannot be read", hint: "Build again with -ff")
            }
            return kept
        case .pending(let pending):
            let made = try make(in: pending.tree, jobs, line)
            var record = LayerRecord(step: item.name, inputs: inputs, parent: nil)
            let seal = TreeSeal(to: sourceDateEpoch, measures: [TreeSeal.Measure(pending.tree, as: .layer)])
            if let measure = try LayerSealing(installation: environment.installation).run(seal).first {
                (record.digest, record.entries, record.size) = (measure.digest, measure.entries, measure.size)
            }
            record.created = Int(time(nil))
            record.result = made.record
            let held = try store.publish(pending, record)
            environment.fresh.add(held.key.text)
            return KeptArtifact(directory: held.tree, files: made.files, facts: made.facts)
        }
    }

    private func make(in staging: String, _ jobs: Int, _ line: Step) throws(Failure) -> KeptArtifact {
        let made: ABI.V1.MadeArtifact
        if let maker { made = try ask(maker, staging, jobs, line) } else { made = try takeKernel(staging) }
        let facts = made.facts ?? [:]
        guard isDigested else {
            // Reading a disk again would take as long as writing it.
            let files = made.files.map { ABI.V1.ArtifactFile(name: $0.name, sha256: inputs?.key.text) }
            return KeptArtifact(directory: staging, files: files, facts: facts)
        }
        var files: [ABI.V1.ArtifactFile] = []
        for file in made.files {
            do {
                let digest = try Digest.ofFile(Paths.join(staging, file.name))
                files.append(ABI.V1.ArtifactFile(name: file.name, sha256: digest))
            } catch {
                throw Failure(.system, "Cannot read \(item.title)", cause: error)
            }
        }
        return KeptArtifact(directory: staging, files: files, facts: facts)
    }

    private func ask(
        _ maker: PluginCatalogue.Artifact,
        _ staging: String,
        _ jobs: Int,
        _ line: Step
    ) throws(Failure) -> ABI.V1.MadeArtifact {
        var request = ABI.V1.MakeArtifact(
            kind: item.description.kind,
            inputs: given.map(\.artifact),
            root: root,
            staging: staging,
            workspace: workspace,
            architecture: architecture
        )
        (request.kernel, request.profile) = (item.kernel, item.profile)
        request.sourceDateEpoch = sourceDateEpoch
        request.jobs = jobs
        if !facts.isEmpty { request.facts = facts }
        if !host.isEmpty { request.host = host }
        request.directory = directory
        request.unfinished = outlook?.unfinished
        request.fileSystem = outlook?.fileSystem
        request.settings = try settings.values
        let services = PluginServices(
            runner: sandboxed(staging, maker.plugin.directories),
            fetcher: fetcher,
            settings: settings
        )
        services.step = line
        services.phase = item.name
        let session = try PluginSession.start(maker.plugin, services, environment)
        let answer = try session.request(request)
        session.end()
        do throws(AnswerFlaw) {
            try StagedOutputs.check(answer.files, in: staging)
        } catch {
            throw maker.plugin.violation(error)
        }
        return answer
    }

    /// Copies the kernel's image out of the tree, where it may belong to users that only the sandbox can see.
    private func takeKernel(_ staging: String) throws(Failure) -> ABI.V1.MadeArtifact {
        guard let kernel = item.kernel, let root else { return ABI.V1.MadeArtifact(files: []) }
        let file = ABI.V1.ArtifactFile(name: "vmlinuz")
        try TreeFile.copy(kernel.image, of: root, to: Paths.join(staging, file.name), sandboxed(staging, []))
        return ABI.V1.MadeArtifact(files: [file])
    }

    private func sandboxed(_ staging: String, _ readable: [String]) -> SandboxRunner {
        var runner = runner
        runner.sandbox.writable.append(staging)
        if let directory { runner.sandbox.readable.append(directory) }
        runner.sandbox.readable += readable + given.compactMap { Paths.parent($0.artifact.path) }
        return runner
    }
}

extension KeptArtifact {
    /// Files and facts as the record of a layer has them.
    var record: JSON {
        (try? JSONText.untyped(ABI.V1.MadeArtifact(files: files, facts: facts.isEmpty ? nil : facts))) ?? .object([:])
    }

    /// Reads a record; nil for one of something else.
    init?(_ record: LayerRecord, directory: String) {
        guard let list = record.result?["files"]?.array else { return nil }
        self.directory = directory
        files = list.compactMap { file in
            file["name"]?.string.flatMap { FileName($0) }.map {
                ABI.V1.ArtifactFile(name: $0.text, sha256: file["sha256"]?.string)
            }
        }
        for (name, value) in record.result?["facts"]?.object ?? [:] {
            guard let value = value.string else { return nil }
            facts[name] = value
        }
        // The record may be anything by now.
        if files.count != list.count { return nil }
    }
}

extension ArtifactPlan.Item {
    /// The step that makes it, in events and plans.
    var id: BuildEvent.StepID { BuildEvent.StepID(name: name, title: "Making \(title)") }
}
