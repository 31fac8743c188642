import ByteKeys
import Configuration
import Display
import PluginWire
import Support
import System

/// The abilities of a running step: a `StepContext` over the state of the build.
struct RunningStep: StepContext {
    private let state: BuildState

    init(_ state: BuildState) {
        self.state = state
    }

    // MARK: - Messages

    func line<Result>(
        _ title: String,
        _ phase: String,
        _ body: (Step) throws(Failure) -> Result
    ) throws(Failure) -> Result {
        try state.lines.run(title, phase, body)
    }

    func log(_ level: BuildEvent.Level, _ message: String) { state.environment.display.log(level, message) }

    func warn(_ message: String) {
        state.environment.display.log(.warning, message)
        state.result.warnings = (state.result.warnings ?? []) + [message]
    }

    // MARK: - The tree

    var root: String { state.root }
    var tree: ImageTree { state.imageTree }
    var runner: SandboxRunner { state.runner }
    func existingPaths() throws(Failure) -> ByteSet { try state.existingPaths() }
    func forgetPaths() { state.knownPaths = nil }
    func content(of directory: SharedDirectory) -> SharedContent? { state.shared[directory] }

    // MARK: - Scripts and packages

    func runScripts(_ kind: ScriptKind, _ title: String, arguments: [String], round: String) throws(Failure) {
        try state.runScripts(kind, title, arguments: arguments, round: round)
    }

    var isAddition: Bool { state.part?.isAddition == true }
    func installPackages() throws(Failure) { try state.installPart() }

    var hasPackageManager: Bool { state.packages != nil }

    func removePackages(_ names: [String]) throws(Failure) {
        try line("Removing packages", "remove") { line throws(Failure) in try state.packages?.remove(names, line) }
        forgetPaths()
    }

    func listPackages(licenses: Bool) throws(Failure) -> [String] {
        guard let packages = state.packages else { return [] }
        let inspected = try line("Listing installed packages", "inspect") { line throws(Failure) in
            try packages.inspect(line, licenses: licenses)
        }
        state.result.installed = inspected.packages
        return inspected.metadata
    }

    var settingPackages: [String: String] { state.image.distribution?.settingPackages ?? [:] }
}

extension BuildStep {
    func run(on state: BuildState) throws(Failure) {
        try run(RunningStep(state), SettingsView(settings, of: state.image))
    }
}
