public import Builder
public import ByteKeys
import ComparisonWire
import Execution
public import Support
import Synchronization
import System

/// Lists what each step and each script of one image's build leaves, so that a difference is led back to its origin.
///
/// The lists are in files, and only changes since the previous one are read again.
public final class BuildRecorder: BuildObserver {
    /// The directory of the lists.
    public let directory: String
    private let installation: Installation
    /// The build that this one is compared with while it runs.
    private let reference: [StepRecord]
    private let state = Mutex(State())

    private struct State {
        var records: [StepRecord] = []
        /// Names of packages, by path in the tree.
        var owners: ByteDictionary<[String]> = [:]
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
            throw Failure(.system, "Cannot create a directory to record the build", cause: error)
        }
    }

    /// All records, in the order in which they were made.
    public var records: [StepRecord] { state.withLock { $0.records } }

    /// The packages that paths come from which differ from those of the reference.
    public var owners: ByteDictionary<[String]> { state.withLock { $0.owners } }

    /// Lists a directory.
    @discardableResult
    func record(_ result: ObservedDirectory, step: String, script: String? = nil) throws(Failure) -> StepRecord {
        let number = state.withLock { $0.records.count }
        let record = StepRecord(
            place: result.role,
            step: step,
            script: script,
            directory: result.path,
            file: "\(directory)/\(number)",
            isPartOfImage: result.isPartOfImage
        )
        let index = "\(directory)/index-\(result.role.rawValue)"
        let command = NamespaceCommand.make(
            [installation.treeEditor, "--list", result.path, record.file, index],
            title: "reading \(result.path)",
            installation: installation
        )
        try command.runChecked()
        state.withLock { $0.records.append(record) }
        return record
    }

    /// Lists what a script has left wherever something is taken from.
    public func scriptEnded(
        _ script: String,
        of step: String,
        _ results: [ObservedDirectory]
    ) throws(Failure) {
        for result in results { try record(result, step: step, script: script) }
    }

    /// Lists what a step has left in the tree, and asks whose those paths are that differ from the reference.
    public func stepEnded(
        _ step: String,
        _ result: ObservedDirectory,
        owners: (([String]) throws(Failure) -> ByteDictionary<[String]>)?
    ) throws(Failure) {
        let record = try record(result, step: step)
        guard let owners, let earlier = reference.first(where: { $0.matches(record) }) else { return }
        var paths: [String] = []
        try RecordComparison(earlier.file, record.file).run { change in
            // Directories without their own differences are not requested.
            if paths.count < Self.mostLookedUp, change.kinds != [.time] { paths.append("/\(change.path)") }
        }
        for start in stride(from: 0, to: paths.count, by: Self.mostAsked) {
            let some = Array(paths[start..<min(start + Self.mostAsked, paths.count)])
            let found = try owners(some)
            state.withLock { $0.owners.merge(found) { $1 } }
        }
    }
}
