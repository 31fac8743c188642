import ByteKeys
public import JSON
import PluginWire
import Support

extension BuildEvent {
    /// The version of the JSON form; see mkosi-events(7) for what changes it.
    public static let version = 1

    /// The name of the event's kind, such as `step-finished`.
    public var kind: String {
        switch content {
        case .buildStarted: "build-started"
        case .buildFinished: "build-finished"
        case .imageStarted: "image-started"
        case .imageFinished: "image-finished"
        case .stepStarted: "step-started"
        case .stepFinished: "step-finished"
        case .taskStarted: "task-started"
        case .taskProgress: "task-progress"
        case .taskFinished: "task-finished"
        case .download: "download-progress"
        case .packagesResolved: "packages-resolved"
        case .prefetchStarted: "prefetch-started"
        case .output: "output"
        case .scriptOutput: "script-output"
        case .commandOutput: "command-output"
        case .message(.warning, _): "warning"
        case .message(.error, _), .failure: "error"
        case .message: "message"
        }
    }

    /// The event as mkosi-events(7) describes it: members without a value are left out.
    public var json: JSON {
        var members = self.members
        members["version"] = .integer(Self.version)
        members["kind"] = .string(kind)
        members["time"] = .integer(time)
        members["image"] = image.map(JSON.string)
        return .object(members.compactMapValues { $0 })
    }

    private var members: ByteDictionary<JSON?> {
        switch content {
        case .buildStarted(let verb, let images):
            ["verb": .string(verb), "images": .array(images.map(JSON.string))]
        case .buildFinished(let outcome, let status, let duration):
            ["result": outcome.json, "status": .integer(status), "duration": duration.json]
        case .imageStarted(let title): ["title": title.map(JSON.string)]
        case .imageFinished(let outcome, let duration, let title):
            ["result": outcome.json, "duration": duration.json, "title": title.map(JSON.string)]
        case .stepStarted(let step, let reason): step.members.merging(reason.members) { $1 }
        case .stepFinished(let step, let outcome, let duration):
            step.members.merging(["result": outcome.json, "duration": duration.json]) { $1 }
        case .taskStarted(let id, let name, let title):
            ["task": .integer(id), "name": .string(name), "title": .string(title)]
        case .taskProgress(let id, let progress): progress.members.merging(["task": .integer(id)]) { $1 }
        case .taskFinished(let id, let outcome, let duration, let note):
            [
                "task": .integer(id), "result": outcome.json, "duration": duration.json,
                "note": note.map(JSON.string),
            ]
        case .download(let id, let download):
            [
                "task": .integer(id), "bytes": .integer(download.bytes), "totalBytes": .integer(download.total),
                "files": .integer(download.files), "totalFiles": .integer(download.totalFiles),
            ]
        case .prefetchStarted(let files, let bytes): ["files": .integer(files), "bytes": .integer(bytes)]
        case .packagesResolved(let purpose, let source, let packages):
            [
                "purpose": .string(purpose), "source": .string(source.rawValue),
                "bytes": .integer(packages.reduce(0) { $0 + $1.size }), "packages": .array(packages.map(\.json)),
            ]
        case .output(let output):
            [
                "path": .string(output.path), "size": output.size.map { .integer($0) },
                "sha256": output.digest.map(JSON.string), "new": .bool(output.isNew),
            ]
        case .scriptOutput(let line), .commandOutput(let line): ["line": .string(line)]
        case .message(let level, let text):
            switch level {
            case .warning, .error: ["text": .string(text)]
            case .info, .debug: ["text": .string(text), "level": .string(level.rawValue)]
            }
        case .failure(let failure):
            [
                "text": .string(failure.description), "code": .string(failure.code.description),
                "hint": failure.firstHint.map(JSON.string),
                "details": failure.firstExcerpt.isEmpty ? nil : .array(failure.firstExcerpt.map(JSON.string)),
            ]
        }
    }
}

extension BuildEvent.Outcome {
    fileprivate var json: JSON { .string(rawValue) }
}

extension Duration {
    /// Microseconds.
    fileprivate var json: JSON {
        .integer(Int(components.seconds) * 1_000_000 + Int(components.attoseconds / 1_000_000_000_000))
    }
}

extension BuildEvent.StepID {
    fileprivate var members: ByteDictionary<JSON?> { ["step": .string(name), "title": .string(title)] }
}

extension BuildEvent.Reason {
    fileprivate var members: ByteDictionary<JSON?> {
        switch self {
        case .notCached: ["reason": "not-cached"]
        case .firstBuild: ["reason": "first-build"]
        case .changes(let changes) where changes.isEmpty: ["reason": "not-kept"]
        case .changes(let changes):
            [
                "reason": "changed",
                "changes": .array(
                    changes.map { change in
                        let members: ByteDictionary<JSON?> = [
                            "input": .string(change.input), "old": change.old.map(JSON.string),
                            "new": change.new.map(JSON.string),
                        ]
                        return .object(members.compactMapValues { $0 })
                    }
                ),
            ]
        }
    }
}

extension BuildEvent.TaskProgress {
    fileprivate var members: ByteDictionary<JSON?> {
        [
            "detail": detail.map(JSON.string), "done": done.map { .integer($0) }, "total": total.map { .integer($0) },
            "unit": unit.isEmpty ? nil : .string(unit),
        ]
    }
}

extension BuildEvent.Package {
    fileprivate var json: JSON {
        .object([
            "name": .string(name), "version": .string(version), "architecture": .string(architecture),
            "size": .integer(size),
        ])
    }
}
