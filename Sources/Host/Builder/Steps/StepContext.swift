import ByteKeys
import Configuration
import Display
import PluginWire
import Support
import System
import TreeWire

/// What a running step can do to the tree, and with which parts of the build: everything but the image's settings.
struct StepContext {
    private let state: BuildState

    init(_ state: BuildState) {
        self.state = state
    }

    // MARK: - Messages

    /// Runs something that the user sees as one line, and that is measured as a phase.
    func line<Result>(
        _ title: String,
        _ phase: String,
        _ body: (Step) throws(Failure) -> Result
    ) throws(Failure) -> Result {
        try state.lines.run(title, phase, body)
    }

    func log(_ level: BuildEvent.Level, _ message: String) { state.environment.display.log(level, message) }

    /// Warns of something about the image, in this build and in those that take the step's layer from the cache.
    func warn(_ message: String) {
        state.environment.display.log(.warning, message)
        state.result.warnings = (state.result.warnings ?? []) + [message]
    }

    // MARK: - The tree

    /// Where the tree is mounted for every command.
    var root: String { state.root }
    /// Changes the tree.
    var tree: ImageTree { state.imageTree }
    /// Runs commands that see the tree.
    var runner: SandboxRunner { state.runner }
    /// Which of the `paths` of all steps are in the tree.
    func existingPaths() throws(Failure) -> ByteSet { try state.existingPaths() }
    /// Makes the next `existingPaths` look again.
    func forgetPaths() { state.knownPaths = nil }
    /// What scripts have left in a shared directory so far.
    func content(of directory: SharedDirectory) -> SharedContent? { state.shared[directory] }

    // MARK: - Scripts and packages

    /// Runs the scripts of a kind as one line; `round` distinguishes several runs of one kind.
    func runScripts(_ kind: ScriptKind, _ title: String, arguments: [String], round: String) throws(Failure) {
        try state.runScripts(kind, title, arguments: arguments, round: round)
    }

    /// True if the packages of the running layer come on top of a layer that was made for fewer of them.
    var isAddition: Bool { state.part?.isAddition == true }
    /// Installs the packages of the running layer.
    func installPackages() throws(Failure) { try state.installPart() }

    /// True if the image has a package manager.
    var hasPackageManager: Bool { state.packages != nil }

    func removePackages(_ names: [String]) throws(Failure) {
        try line("Removing packages", "remove") { line throws(Failure) in try state.packages?.remove(names, line) }
        forgetPaths()
    }

    /// Lists what is installed, keeps it as part of the step's result, and returns where the databases are.
    ///
    /// With `licenses`, plugins may have to read a file of each package.
    func listPackages(licenses: Bool) throws(Failure) -> [String] {
        guard let packages = state.packages else { return [] }
        let inspected = try line("Listing installed packages", "inspect") { line throws(Failure) in
            try packages.inspect(line, licenses: licenses)
        }
        state.result.installed = inspected.packages
        return inspected.metadata
    }

    /// The packages that have the data of settings such as `Keymap=`, by setting, where the distribution says so.
    var settingPackages: [String: String] { state.image.distribution?.settingPackages ?? [:] }
}
