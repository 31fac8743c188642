import ComparisonWire
import Display
import Execution
public import Support
import Synchronization

/// Lists what each step and each script of one image's build leaves, so that a difference is led back to its origin.
///
/// The lists lie in files, and only what changed since the one before is read again.
public final class BuildRecorder: Sendable {
    /// Where the lists are.
    public let directory: String
    private let installation: Installation
    /// The build that this one is compared with while it runs.
    private let reference: [StepRecord]
    private let state = Mutex(State())

    private struct State {
        var records: [StepRecord] = []
        /// Names of packages, by path in the tree.
        var owners: [String: [String]] = [:]
    }

    /// More paths of one step are not looked up, and no more in one question.
    private static let mostLookedUp = 10_000
    private static let mostAsked = 500

    public init(directory: String, installation: Installation, reference: [StepRecord] = []) throws(Failure) {
        self.directory = directory
        self.installation = installation
        self.reference = reference
        do throws(SystemCallError) {
            try Files.makeDirectories(directory)
        } catch {
            throw Failure(.system, "Cannot make a directory to write down what a build does", cause: error)
        }
    }

    /// All records, in the order in which they were made.
    public var records: [StepRecord] { state.withLock { $0.records } }

    /// The packages that paths come from which differ from those of the reference.
    public var owners: [String: [String]] { state.withLock { $0.owners } }

    /// Lists a directory.
    @discardableResult
    public func record(
        _ subject: String,
        as place: StepRecord.Place,
        step: String,
        script: String? = nil,
        isPartOfImage: Bool = true
    ) throws(Failure) -> StepRecord {
        let number = state.withLock { $0.records.count }
        let record = StepRecord(
            place: place,
            step: step,
            script: script,
            directory: subject,
            file: "\(directory)/\(number)",
            isPartOfImage: isPartOfImage
        )
        var command = Command(
            installation.sandbox,
            [
                "--become-root", "--bind", "/", "/", "--suppress-sync", "--", installation.treeEditor, "--list",
                subject, record.file, "\(directory)/index-\(place.rawValue)",
            ],
            environment: ["PATH=/usr/sbin:/usr/bin:/sbin:/bin"]
        )
        command.title = "reading \(subject)"
        try command.runChecked()
        state.withLock { $0.records.append(record) }
        return record
    }

    /// Lists what a script has left wherever something is taken from.
    func record(_ kind: ScriptKind, _ script: String, of scripts: ScriptRunner, round: String) throws(Failure) {
        if kind.hasTree, let tree = scripts.runner.sandbox.tree {
            let isPartOfImage = kind != .build && round == kind.rawValue
            try record(tree.upper, as: .tree, step: round, script: script, isPartOfImage: isPartOfImage)
        }
        if kind == .build {
            try record(scripts.directories.destination, as: .destination, step: round, script: script)
        }
        if ScriptVariable.OUTPUTDIR.kinds.contains(kind) {
            try record(scripts.directories.output, as: .outputs, step: round, script: script)
        }
    }

    /// Lists what a step has left in the tree, and asks whose those paths are that differ from the reference.
    func record(_ step: any BuildStep.Type, on state: BuildState) throws(Failure) {
        guard let chain = step.chain, let tree = state.tree else { return }
        let record = try record(tree.upper, as: .tree, step: step.name, isPartOfImage: chain == .image)
        guard step.inputs.packages != nil, let packages = state.packages,
            let earlier = reference.first(where: { $0.matches(record) })
        else { return }
        var paths: [String] = []
        try RecordComparison(earlier.file, record.file).run { change in
            // Directories without a difference of their own are not asked for.
            if paths.count < Self.mostLookedUp, change.kinds != [.time] { paths.append("/\(change.path)") }
        }
        for start in stride(from: 0, to: paths.count, by: Self.mostAsked) {
            let some = Array(paths[start..<min(start + Self.mostAsked, paths.count)])
            let owners = try packages.owners(of: some)
            self.state.withLock { $0.owners.merge(owners) { $1 } }
        }
    }
}
